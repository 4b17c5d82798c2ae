import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Field } from "./field.js";
import { playRude, rudeScheduleOf } from "./rude.js";

/** `npm run faults -- --count 0 --updates 2000` plays thirty-three times as many. */
const seeds = 60;
const field = await Field.open();
after(() => field.close());

test("sixty updates, with all that can go wrong, end well", async (context) => {
	let faults = 0;
	for (let seed = 1; seed <= seeds; seed++) faults += (await playRude(field, seed)).faults;
	assert.ok(faults > seeds / 2, "there was enough to go wrong");
	context.diagnostic(seeds + " updates, " + faults + " faults of the board, 0 broken");
});

test("a seed always means the same update", () => {
	for (let seed = 1; seed <= seeds; seed++) {
		assert.deepEqual(rudeScheduleOf(seed), rudeScheduleOf(seed));
	}
});

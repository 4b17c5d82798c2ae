import assert from "node:assert/strict";
import { test } from "node:test";
import { playSeed } from "./play.js";
import { scheduleOf } from "./schedule.js";

/** `npm run faults -- --count 10000` plays ten times as many. */
const seeds = 1_000;

test("a thousand journeys, each with up to six faults, end well", async (context) => {
	let happened = 0;
	for (let seed = 1; seed <= seeds; seed++) happened += await playSeed(seed, "v8");
	assert.ok(happened > seeds, "there was enough to go wrong");
	context.diagnostic(seeds + " journeys, " + happened + " faults, 0 broken");
});

test("a seed always means the same faults, and all kinds of them come", () => {
	const kinds = new Set<string>();
	for (let seed = 1; seed <= seeds; seed++) {
		const schedule = scheduleOf(seed);
		assert.deepEqual(scheduleOf(seed), schedule);
		const count = schedule.cuts.length + schedule.faults.size;
		assert.ok(count >= 1 && count <= 6);
		for (const { kind } of [...schedule.cuts, ...schedule.faults.values()]) kinds.add(kind);
	}
	assert.equal(kinds.size, 17);
});

/**
 * A cut of power wherever one can be, from the query to the confirmation; and pairs of cuts, of
 * which `npm run faults -- --update-pairs` plays all, those between messages too.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cutsBetween, playCuts, playPairs, playUpdate } from "./cuts.js";
import { Field } from "./field.js";

const field = await Field.open();
after(() => field.close());
const start = { flashOperations: 0, messages: 0 };

for (const [processor, blocks] of [
	["v8", 3],
	["xs", 1],
] as const) {
	test("every single cut in an update ends well on " + processor, async (context) => {
		const { end } = await playUpdate(field, processor, blocks);
		const cuts = cutsBetween(start, end);
		assert.ok(cuts.length > 50, "there is enough to go wrong");
		for (const cut of cuts) await playCuts(field, processor, blocks, [cut]);
		context.diagnostic(cuts.length + " runs on " + processor + ", one cut each, 0 broken");
	});
}

test("every third pair of cuts of flash from install on ends well on v8", async (context) => {
	let count = 0;
	for await (const _ of playPairs(field, ({ kind }) => kind === "flash", 3)) count++;
	assert.ok(count > 400, "there is enough to go wrong");
	context.diagnostic(count + " pairs of cuts, 0 broken");
});

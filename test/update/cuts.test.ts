/**
 * A cut of power wherever one can be, from the query to the confirmation; and pairs of cuts, of
 * which `npm run faults -- --update-pairs` plays all, those between messages too.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { playCuts, playPairs, singleCuts } from "./cuts.js";
import { Field } from "./field.js";

const field = await Field.open();
after(() => field.close());

/** `npm run faults -- --update-cuts --processor xs` plays all on XS too, which takes its time. */
for (const [which, processor, step] of [
	["every", "v8", 1],
	["every sixth", "xs", 6],
] as const) {
	test(which + " single cut in an update ends well on " + processor, async (context) => {
		const { blocks, cuts } = await singleCuts(field, processor);
		assert.ok(cuts.length > 50, "there is enough to go wrong");
		const played = cuts.filter((_, index) => index % step === 0);
		for (const cut of played) await playCuts(field, processor, blocks, [cut]);
		context.diagnostic(played.length + " runs on " + processor + ", one cut each, 0 broken");
	});
}

test("every twelfth pair of cuts of flash from install on ends well on v8", async (context) => {
	let count = 0;
	for await (const _ of playPairs(field, ({ kind }) => kind === "flash", 12)) count++;
	assert.ok(count > 100, "there is enough to go wrong");
	context.diagnostic(count + " pairs of cuts, 0 broken");
});

/** A cut of power wherever one can be, from the query to the confirmation; and pairs of cuts. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Occasion } from "../../hosts/board/power.js";
import { cutsBetween, type Marks, playUpdate } from "./cuts.js";
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
		for (const cut of cuts) {
			const name = JSON.stringify(cut);
			const { failures } = await playUpdate(field, processor, blocks, [cut]).catch(
				(error: unknown) => {
					throw new Error(name + ": " + String(error), { cause: error });
				},
			);
			assert.equal(failures, 1, name + " has happened");
		}
		context.diagnostic(cuts.length + " runs on " + processor + ", one cut each, 0 broken");
	});
}

test("every pair of cuts from install to confirmation ends well on v8", async (context) => {
	const { install, end } = await playUpdate(field, "v8", 1);
	let count = 0;
	for (const first of flashCuts(install, end)) {
		const rest = { ...start, flashOperations: first.index + 1 };
		for (const second of flashCuts(rest, (await playUpdate(field, "v8", 1, [first])).end)) {
			const name = JSON.stringify([first, second]);
			const { failures } = await playUpdate(field, "v8", 1, [first, second]).catch(
				(error: unknown) => {
					throw new Error(name + ": " + String(error), { cause: error });
				},
			);
			assert.equal(failures, 2, name + " have happened");
			count++;
		}
	}
	assert.ok(count > 1000, "there is enough to go wrong");
	context.diagnostic(count + " pairs of cuts, 0 broken");
});

function flashCuts(from: Marks, to: Marks): Occasion[] {
	return cutsBetween({ ...from, messages: 0 }, { ...to, messages: 0 });
}

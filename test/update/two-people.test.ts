/** Two people sign: whatever fails, and in whatever order, no image with one signature installs. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cutsBetween } from "./cuts.js";
import { Field } from "./field.js";
import { attacksOn, playLife, stages } from "./two-people.js";

const field = await Field.open();
after(() => field.close());

const [{ set, generation } = { set: undefined, generation: 0 }] = stages;
assert.ok(set);
const attackCount = attacksOn(set, generation).length;

test("one stolen laptop, with the platform's key and the service, ships nothing", async () => {
	await playLife(field, { processor: "v8" }, attackCount);
});

for (const [processor, step, attacks] of [
	["v8", 41, 2],
	["xs", 149, 1],
] as const) {
	test(`nor does it with a cut of power anywhere, on ${processor}`, async (context) => {
		const { flashOperations, messages } = await playLife(field, { processor }, attacks);
		const cuts = cutsBetween({ flashOperations: 0, messages: 0 }, { flashOperations, messages });
		const some = cuts.filter((_, index) => index % step === 0);
		for (const [index, cut] of some.entries()) {
			await playLife(field, { processor, cuts: [cut] }, attacks, index);
		}
		context.diagnostic(`${some.length} of ${cuts.length} cuts, no image with one signature`);
	});
}

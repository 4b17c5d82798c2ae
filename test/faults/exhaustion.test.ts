import assert from "node:assert/strict";
import { test } from "node:test";
import { Field } from "../update/field.js";
import { exhaustions, playTight, tightHeaps } from "./exhaustion.js";

/** `npm run faults -- --heap` plays them all: no two of these are in step with anything. */
const steps = { v8: 41, xs: 233 } as const;

for (const processor of ["v8", "xs"] as const) {
	test("the memory ends wherever it can, and nothing is lost, on " + processor, async (context) => {
		const field = await Field.open();
		context.after(() => field.close());
		let count = 0;
		for await (const run of exhaustions(field, processor, steps[processor], 7)) {
			assert.equal(await run(), 1, "it has happened");
			count++;
		}
		context.diagnostic(count + " ends of the memory on " + processor);
		assert.ok(count >= 6);
	});
}

test("a heap that is too small costs a restart, and nothing else", async () => {
	let faults = 0;
	for (const bytes of tightHeaps(2953)) faults += await playTight(bytes);
	assert.ok(faults > 4, "some were too small");
});

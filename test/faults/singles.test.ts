import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "./play.js";
import { allSingles } from "./singles.js";

/** `npm run faults -- --singles --processor xs` plays all on XS too, which takes its time. */
for (const [which, processor, step] of [
	["every", "v8", 1],
	["every sixth", "xs", 6],
] as const) {
	test(which + " single mishap on the way ends well on " + processor, async (context) => {
		const schedules = (await allSingles(processor)).filter((_, index) => index % step === 0);
		assert.ok(schedules.length > 150 / step, "there is enough to go wrong");
		for (const schedule of schedules) {
			const { faults } = await play(schedule, { processor });
			assert.equal(faults, 1, "it has happened");
		}
		context.diagnostic(schedules.length + " runs on " + processor + ", one mishap each, 0 broken");
	});
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "./play.js";
import { allSingles } from "./singles.js";

for (const processor of ["v8", "xs"] as const) {
	test("every single mishap on the way ends well on " + processor, async (context) => {
		const schedules = await allSingles(processor);
		assert.ok(schedules.length > 50, "there is enough to go wrong");
		for (const schedule of schedules) {
			const { faults } = await play(schedule, { processor });
			assert.equal(faults, 1, "it has happened");
		}
		context.diagnostic(schedules.length + " runs on " + processor + ", one mishap each, 0 broken");
	});
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { countRenewal, playRenewal, renewalScheduleOf } from "./renewals.js";

/** `npm run faults -- --renewals 1000` plays many more. */
const seeds = { v8: 12, xs: 3 } as const;

for (const processor of ["v8", "xs"] as const) {
	test(
		"renewals with up to three faults end with one pair that works on " + processor,
		async () => {
			const counts = await countRenewal({ processor });
			const { from, to } = counts.flashOperations;
			assert.equal(to - from, 4, "writes of flash without faults");
			let faults = 0;
			for (let seed = 1; seed <= seeds[processor]; seed++) {
				// Every third takes the next CA too.
				const isNextAuthority = seed % 3 === 0;
				const schedule = renewalScheduleOf(seed, counts);
				faults += (await playRenewal(schedule, { processor, seed, isNextAuthority })).faults;
			}
			assert.ok(faults >= seeds[processor], "there was enough to go wrong");
		},
	);
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { scheduleOf } from "./draw.js";
import { play } from "./play.js";
import type { Schedule } from "./schedule.js";
import { Tally } from "./tally.js";

const seeds = 60;

const daySeconds = 86_400;

/**
 * A restore voids unspent tokens: only the owner can get another. And only somebody with a cable
 * releases a time that is years ahead.
 */
function withoutRestore(schedule: Schedule): Schedule {
	const others = [...schedule.faults].filter(
		([, fault]) =>
			fault.kind !== "service restored" &&
			!(fault.kind === "service clock" && fault.errorSeconds > daySeconds),
	);
	return { ...schedule, faults: new Map(others) };
}

test("a device that has its token needs nobody to get its identity", async (context) => {
	const tally = new Tally();
	for (let seed = 1; seed <= seeds; seed++) {
		const schedule = withoutRestore(scheduleOf(seed));
		tally.add(await play(schedule, { processor: "v8", seed, isAlone: true }));
	}
	assert.ok(tally.faults > seeds, "there was enough to go wrong");
	context.diagnostic(tally.text);
});

test("power that fails while credentials are stored needs nobody to come by", async () => {
	const cuts = [{ kind: "flash", index: 4, point: "before" }] as const;
	const options = { processor: "v8", isAlone: true } as const;
	const { faults, tries } = await play({ cuts, faults: new Map() }, options);
	assert.deepEqual([faults, tries], [1, 1]);
});

/** Whatever the size of the heap: what runs is right, or ends with the memory full. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { checkEnd, linesOf, prepareService } from "../journey/journey.js";
import { BoardIsOff } from "../journey/terminal.js";
import { inWorld, type World } from "../journey/world.js";
import { type End, heapSizes, playSuite, sufficientBytes } from "./suite-heaps.js";

/** No multiples of anything. `npm run faults -- --heap --processor xs` has a finer one for both. */
const stepBytes = { suite: 1009, journey: 389 };

type Run = (heapBytes: number) => Promise<End>;

async function sweep(context: TestContext, step: number, run: Run): Promise<void> {
	const ends = { right: 0, "memory full": 0 };
	for (const heapBytes of heapSizes(step)) ends[await run(heapBytes)]++;
	context.diagnostic(JSON.stringify(ends));
	assert.ok(ends["memory full"] > 0, "some heaps were too small");
	assert.equal(await run(sufficientBytes), "right");
}

test("the device suite is right in a heap of any size, or the memory is full", (context) =>
	sweep(context, stepBytes.suite, playSuite));

test("the whole journey is right in a heap of any size, or the memory is full", (context) =>
	sweep(context, stepBytes.journey, async (heapBytes) => {
		let end: End = "right";
		await inWorld({ processor: "xs", heapBytes, panic: "halt" }, async (world) => {
			try {
				await makeStraightJourney(world);
			} catch (error) {
				if (!(error instanceof BoardIsOff)) throw error;
				const reasons = world.board.faults.map(({ reason }) => reason);
				assert.deepEqual(reasons, ["memory full"], heapBytes + " bytes");
				end = "memory full";
			}
		});
		return end;
	}));

/** Nothing may fail and be tried again. */
async function makeStraightJourney(world: World): Promise<void> {
	const lines = linesOf(await prepareService(world));
	await world.terminal.powerOn();
	for (const line of lines) assert.doesNotMatch(await world.terminal.type(line), /failed/);
	await checkEnd(world);
}

/** Whatever the size of the heap: what runs is right, or ends with the memory full. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { MachineFault } from "../../hosts/board/processor.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import { checkEnd, linesOf, prepareService } from "../journey/journey.js";
import { BoardIsOff } from "../journey/terminal.js";
import { inWorld, type World } from "../journey/world.js";
import { runDeviceSuite } from "./device-suite.js";

/** No multiple of anything, so that the sizes are as odd as they come. */
const stepBytes = 389;
/** More than enough. */
const sufficientBytes = 40 * 1024;

type Run = (heapBytes: number) => Promise<"right" | "memory full">;

async function sweep(context: TestContext, run: Run): Promise<void> {
	const ends = { right: 0, "memory full": 0 };
	for (let heapBytes = 0; heapBytes < sufficientBytes; heapBytes += stepBytes) {
		ends[await run(heapBytes)]++;
	}
	context.diagnostic(JSON.stringify(ends));
	assert.ok(ends["memory full"] > 0, "some heaps were too small");
	assert.equal(await run(sufficientBytes), "right");
}

test("the device suite is right in a heap of any size, or the memory is full", (context) =>
	sweep(context, async (heapBytes) => {
		const processor = new XsProcessor({ heapBytes });
		const { results, error } = await runDeviceSuite(processor);
		processor.stop();
		for (const [name, problem] of results) assert.equal(problem, undefined, name);
		if (error === undefined) return "right";
		assert.ok(error instanceof MachineFault, heapBytes + " bytes: " + String(error));
		assert.equal(error.fault.reason, "memory full", heapBytes + " bytes");
		return "memory full";
	}));

test("the whole journey is right in a heap of any size, or the memory is full", (context) =>
	sweep(context, async (heapBytes) => {
		let end: "right" | "memory full" = "right";
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

/**
 * The engine host under stress: a collection at every allocation, watched by AddressSanitizer.
 *
 * The processor for it is compiled here, because nothing else needs it.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { compiledBits, heapBytesDefault } from "../../hosts/board/open-board.js";
import { type Fault, MachineFault } from "../../hosts/board/processor.js";
import { type Bits, buildProcessor, canCompile } from "../../hosts/board/xs/build.js";
import { XsProcessor } from "../../hosts/board/xs-processor.js";
import { checkEnd, makeJourney, prepareService } from "../journey/journey.js";
import { inWorld } from "../journey/world.js";
import { playDeviceSuite } from "./device-suite.js";
import { encodedProgram, imageOf } from "./image.js";

async function compile(bits: Bits): Promise<XsProcessor> {
	const path = await buildProcessor(bits, undefined, "stress");
	return new XsProcessor({ path, heapBytes: heapBytesDefault() });
}

/** What becomes of a program that calls the board so at its start. */
async function faultOf(bits: Bits, call: string): Promise<Fault | undefined> {
	const processor = await compile(bits);
	try {
		const program = encodedProgram("export default (call) => { " + call + " };");
		await processor.start(imageOf(program), () => undefined);
		return undefined;
	} catch (error) {
		if (error instanceof MachineFault) return error.fault;
		throw error;
	} finally {
		processor.stop();
	}
}

for (const bits of [32, 64] as const) {
	const options = { skip: !(await canCompile(bits)) && "the compiler can't make such programs" };

	test(`the device suite holds under stress with ${bits} bits`, options, async (context) => {
		await playDeviceSuite(context, await compile(bits));
	});

	test(`stress collects at each allocation with ${bits} bits`, options, async () => {
		const processor = await compile(bits);
		const program = encodedProgram(
			"export default () => () => { for (let i = 0; i < 100; i++) ({}); };",
		);
		await processor.start(imageOf(program), () => undefined);
		const before = (await processor.meters())?.collections ?? 0;
		await processor.deliver("go", []);
		const after = (await processor.meters())?.collections ?? 0;
		processor.stop();
		assert.ok(after - before >= 100, after - before + " collections");
	});

	test(`a stale pointer that was planted is found with ${bits} bits`, options, async () => {
		const chunk = await faultOf(bits, "call('planted.chunk')");
		assert.equal(chunk?.reason, "crashed");
		assert.match(chunk.message, /AddressSanitizer: heap-use-after-free .*fxReadStaleChunk/s);
		const slot = await faultOf(bits, "call('planted.slot')");
		assert.equal(slot?.reason, "crashed");
		assert.match(slot.message, /AddressSanitizer: use-after-poison .*fxReadStaleSlot/s);
		assert.equal(await faultOf(bits, "call('planted.nothing')"), undefined);
	});
}

test("the whole journey holds under stress", async () => {
	await buildProcessor(compiledBits(), undefined, "stress");
	await inWorld({ processor: "xs", purpose: "stress", panic: "halt" }, async (world) => {
		const tokens = await prepareService(world);
		await makeJourney(world, tokens);
		assert.deepEqual(world.board.faults, []);
		await checkEnd(world);
	});
});

/** By XS's numbers. */
const reasons: Readonly<Record<number, string>> = {
	0: "debugger",
	1: "memory full",
	2: "stack overflow",
	3: "fatal check",
	4: "dead strip",
	5: "unhandled exception",
	6: "not enough keys",
	7: "too much computation",
	8: "unhandled rejection",
	99: "unknown",
};

test("each way in which XS ends a machine has its name", async () => {
	for (const [status, reason] of Object.entries(reasons)) {
		const fault = await faultOf(compiledBits(), `call("planted.abort", ${status})`);
		assert.equal(fault?.reason, reason);
	}
});

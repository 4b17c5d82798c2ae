/**
 * The engine's C under stress: a recording of a board is played again by a native build that
 * collects at every allocation, watched by AddressSanitizer. That every question of the program is
 * the recorded one shows beside it that a machine of 64 bits does what the chip's does.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { heapBytesDefault } from "../../hosts/board/open-board.js";
import { buildReplay, canCompile } from "../../hosts/board/xs/build/native.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import { makeJourney, prepareService } from "../journey/journey.js";
import { inWorld } from "../journey/world.js";
import { runDeviceSuite } from "./device-suite.js";
import { encodedProgram, imageOf } from "./image.js";

const options = { skip: !canCompile() && "there is no gcc with AddressSanitizer" };
const folder = mkdtempSync(join(tmpdir(), "opendms-replay-"));
after(() => rmSync(folder, { recursive: true }));

/** Keeps what a processor records, one recording a boot. */
class Recorder {
	readonly boots: Buffer[][] = [];
	readonly record = (entry: Uint8Array): void => {
		if (entry[0] === "I".charCodeAt(0)) this.boots.push([]);
		this.boots.at(-1)?.push(Buffer.from(entry));
	};
}

interface Replay {
	/** The last line that it printed. */
	readonly end: string;
	readonly report: string;
	readonly status: number | null;
}

async function replay(recording: readonly Uint8Array[]): Promise<Replay> {
	const path = join(folder, "recording");
	writeFileSync(path, Buffer.concat(recording));
	const program = await buildReplay();
	const { stdout, stderr, status } = spawnSync(program, [path], { encoding: "utf8" });
	return { end: stdout.trimEnd().split("\n").at(-1) ?? "", report: stderr, status };
}

/** How a program ends under stress that calls the board so at its start. */
async function endOf(call: string): Promise<Replay> {
	const recorder = new Recorder();
	const processor = new XsProcessor({ heapBytes: heapBytesDefault, record: recorder.record });
	const program = encodedProgram(`export default (call) => { ${call}; return () => 0; };`);
	await processor.start(imageOf(program), () => undefined);
	processor.stop();
	return replay(recorder.boots.flat());
}

test("the device suite holds under stress", options, async () => {
	const recorder = new Recorder();
	const processor = new XsProcessor({ heapBytes: heapBytesDefault, record: recorder.record });
	const { error } = await runDeviceSuite(processor);
	processor.stop();
	assert.equal(error, undefined);
	assert.deepEqual(await replay(recorder.boots.flat()), { end: "ended", report: "", status: 0 });
});

test("the whole journey holds under stress", options, async () => {
	const recorder = new Recorder();
	const { record } = recorder;
	await inWorld({ processor: "xs", panic: "halt", record }, async (world) => {
		await makeJourney(world, await prepareService(world));
		assert.deepEqual(world.board.faults, []);
	});
	assert.ok(recorder.boots.length > 0);
	for (const boot of recorder.boots) {
		const { end, report, status } = await replay(boot);
		assert.match(end, /^ended$|^the board answers nothing$/);
		assert.deepEqual({ report, status }, { report: "", status: 0 });
	}
});

test("another question than the recorded one is noticed", options, async () => {
	const recorder = new Recorder();
	const processor = new XsProcessor({ heapBytes: heapBytesDefault, record: recorder.record });
	const program = encodedProgram("export default (call) => { call('a'); return () => 0; };");
	await processor.start(imageOf(program), () => undefined);
	processor.stop();
	const recording = recorder.boots.flat();
	const question = recording.findIndex((entry) => entry[0] === "Q".charCodeAt(0));
	recording[question]?.writeUInt8("b".charCodeAt(0), 10);
	const { end, status } = await replay(recording);
	assert.deepEqual({ end, status }, { end: "another question than the one recorded", status: 1 });
});

test("a stale pointer that was planted is found", options, async () => {
	const chunk = await endOf("call('planted.chunk')");
	assert.notEqual(chunk.status, 0);
	assert.match(chunk.report, /AddressSanitizer: heap-use-after-free .*fxReadStaleChunk/s);
	const slot = await endOf("call('planted.slot')");
	assert.notEqual(slot.status, 0);
	assert.match(slot.report, /AddressSanitizer: use-after-poison .*fxReadStaleSlot/s);
	assert.equal((await endOf("call('planted.nothing')")).end, "ended");
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

test("each way in which XS ends a machine has its name", options, async () => {
	for (const [status, reason] of Object.entries(reasons)) {
		const { end } = await endOf(`call("planted.abort", ${status})`);
		assert.match(end, new RegExp("^" + reason + ":"));
	}
});

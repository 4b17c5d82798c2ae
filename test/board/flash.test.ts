/** Flash keeps NOR's rules, and what a cut of power leaves. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Partition, sectorLength } from "../../hosts/board/flash.js";
import { type CutPoint, Power, PowerLoss } from "../../hosts/board/power.js";
import { MemoryState } from "../../hosts/board/state.js";

const cutAt = (index: number, point: CutPoint): Power =>
	new Power([{ kind: "flash", index, point }]);

test("erased flash reads as ones, and a write clears bits", () => {
	const partition = new Partition("otadata", new MemoryState(), new Power());
	assert.deepEqual(partition.read(0, 2), Uint8Array.of(0xff, 0xff));
	partition.write(0, Uint8Array.of(0xf0, 0x0f));
	partition.write(0, Uint8Array.of(0x80, 0x0f));
	assert.deepEqual(partition.read(0, 3), Uint8Array.of(0x80, 0x0f, 0xff));
});

test("a write that would set a bit is a fault and changes nothing", () => {
	const partition = new Partition("otadata", new MemoryState(), new Power());
	partition.write(0, Uint8Array.of(0xf0));
	assert.throws(() => partition.write(0, Uint8Array.of(0x01)), /would set a bit/);
	assert.deepEqual(partition.read(0, 1), Uint8Array.of(0xf0));
});

test("only whole sectors are erased, and no other", () => {
	const partition = new Partition("otadata", new MemoryState(), new Power());
	partition.write(sectorLength - 1, Uint8Array.of(0, 0));
	partition.eraseSector(1);
	assert.deepEqual(partition.read(sectorLength - 1, 2), Uint8Array.of(0, 0xff));
});

test("nothing is read or written outside of a partition", () => {
	const partition = new Partition("otadata", new MemoryState(), new Power());
	assert.throws(() => partition.read(partition.length - 1, 2), /outside/);
	assert.throws(() => partition.write(partition.length, Uint8Array.of(0)), /outside/);
	assert.throws(() => partition.eraseSector(2), /outside/);
});

test("a cut write is done up to a word, and is still there after power returns", () => {
	const words: readonly (readonly [CutPoint, number])[] = [
		["before", 0],
		["first", 4],
		["middle", 8],
		["last", 12],
		["after", 16],
	];
	for (const [point, done] of words) {
		const state = new MemoryState();
		const partition = new Partition("ota_0", state, cutAt(0, point));
		assert.throws(() => partition.write(0, new Uint8Array(16)), PowerLoss);
		const zeros = new Partition("ota_0", state, new Power())
			.read(0, 16)
			.filter((byte) => byte === 0);
		assert.equal(zeros.length, done, point);
	}
});

test("a cut erase leaves a sector in part erased", () => {
	const state = new MemoryState();
	const partition = new Partition("ota_0", state, cutAt(1, "middle"));
	partition.write(0, new Uint8Array(sectorLength));
	assert.throws(() => partition.eraseSector(0), PowerLoss);
	const bytes = new Partition("ota_0", state, new Power()).read(0, sectorLength);
	assert.deepEqual([bytes[0], bytes[sectorLength / 2 - 1]], [0xff, 0xff]);
	assert.deepEqual([bytes[sectorLength / 2], bytes[sectorLength - 1]], [0, 0]);
});

test("what is kept in memory is nobody else's, whatever it was written with", () => {
	const state = new MemoryState();
	const image = Buffer.alloc(2 * sectorLength, 1);
	state.write("ota_0.bin", image);
	const partition = new Partition("ota_0", state, new Power());
	partition.eraseSector(0);
	assert.equal(image[0], 1);
	state.read("ota_0.bin")?.fill(2);
	assert.deepEqual(partition.read(0, 1), Uint8Array.of(0xff));
});

/** Key-value storage is as good as NVS promises, and as bad as it allows. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Nvs } from "../../hosts/board/nvs.js";
import { type CutPoint, cutPoints, Power, PowerLoss } from "../../hosts/board/power.js";
import { MemoryState } from "../../hosts/board/state.js";

const one = Uint8Array.of(1);
const two = Uint8Array.of(2);

test("values are kept by namespace and key, also without power", () => {
	const state = new MemoryState();
	const nvs = new Nvs(state, new Power());
	nvs.write("a", "key", one);
	nvs.write("b", "key", two);
	const again = new Nvs(state, new Power());
	assert.deepEqual(again.read("a", "key"), one);
	assert.deepEqual(again.read("b", "key"), two);
	assert.equal(again.read("a", "other"), undefined);
	again.delete("a", "key");
	assert.equal(new Nvs(state, new Power()).read("a", "key"), undefined);
});

test("NVS's limits hold: 15 characters, 4,000 bytes, 24 KiB", () => {
	const nvs = new Nvs(new MemoryState(), new Power());
	assert.throws(() => nvs.write("a", "x".repeat(16), one), /name/);
	assert.throws(() => nvs.write("x".repeat(16), "a", one), /name/);
	assert.throws(() => nvs.write("a", "b", new Uint8Array(4001)), /too long/);
	const fill = (): void => {
		for (let count = 0; count < 10; count++) {
			nvs.write("opendms", "key" + count, new Uint8Array(4000));
		}
	};
	assert.throws(fill, /no space/);
	assert.equal(nvs.writes, 4);
	assert.throws(() => nvs.write("opendms", "key0", new Uint8Array(4000)), /no space/);
});

test("an app that fills NVS leaves room for all that the device itself keeps", () => {
	const nvs = new Nvs(new MemoryState(), new Power());
	const fill = (path: string, length: number): void => {
		for (let count = 0; count < 1000; count++) {
			nvs.write(path, "key" + count, new Uint8Array(length));
		}
	};
	const sizes = [
		["app", 1000],
		["app", 1],
		["other", 100],
		["other", 1],
	] as const;
	for (const [path, length] of sizes) assert.throws(() => fill(path, length), /no space/);
	const records = { settings: 2508, identity: 1536, update: 2000, faults: 64 };
	for (let round = 0; round < 3; round++) {
		for (const [name, length] of Object.entries(records)) {
			for (const copy of [".a", ".b"]) nvs.write("opendms", name + copy, new Uint8Array(length));
		}
	}
});

test("entries and the pages that they fill are counted", () => {
	const nvs = new Nvs(new MemoryState(), new Power());
	for (let count = 0; count < 100; count++) nvs.write("a", "key", new Uint8Array(33));
	assert.deepEqual([nvs.entriesWritten, nvs.erases], [401, 3]);
});

test("a cut write leaves the old value, the new one or none, and hurts no other key", () => {
	const left: Record<CutPoint, Uint8Array | undefined> = {
		before: one,
		first: undefined,
		middle: one,
		last: two,
		after: two,
	};
	for (const point of cutPoints) {
		const state = new MemoryState();
		const nvs = new Nvs(state, new Power([{ kind: "flash", index: 2, point }]));
		nvs.write("a", "key", one);
		nvs.write("a", "other", one);
		assert.throws(() => nvs.write("a", "key", two), PowerLoss);
		const again = new Nvs(state, new Power());
		assert.deepEqual(again.read("a", "key"), left[point], point);
		assert.deepEqual(again.read("a", "other"), one);
	}
});

test("writes and deletes are counted", () => {
	const nvs = new Nvs(new MemoryState(), new Power());
	nvs.write("a", "key", one);
	nvs.write("a", "key", two);
	nvs.delete("a", "key");
	nvs.delete("a", "key");
	assert.deepEqual([nvs.writes, nvs.deletes], [2, 1]);
});

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
	nvs.write("x".repeat(15), "y".repeat(15), new Uint8Array(4000));
	const fill = (): void => {
		for (let count = 0; count < 10; count++) nvs.write("a", "key" + count, new Uint8Array(4000));
	};
	assert.throws(fill, /no space/);
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

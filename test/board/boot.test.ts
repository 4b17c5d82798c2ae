/** The boot ROM chooses by ESP-IDF's otadata, and never runs a damaged image. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BootRom, programImage } from "../../hosts/board/boot.js";
import { sectorLength } from "../../hosts/board/flash.js";
import { boardPlatform, encodeImage } from "../../hosts/board/image.js";
import { Power } from "../../hosts/board/power.js";
import { MemoryState } from "../../hosts/board/state.js";
import { crc32 } from "../../src/encoding/crc32.js";

/** `esp_ota_img_states_t`. */
const [newState, pending, valid, invalid, aborted] = [0, 1, 2, 3, 4] as const;

const image = (version: string, platform = boardPlatform): Uint8Array =>
	encodeImage({ platform, version, built: "2026-01-01T00:00:00Z" }, [
		{ name: "start.js", source: "export default () => () => {};" },
	]);

interface Entry {
	readonly sequence: number;
	readonly state: number;
}

/** `esp_ota_select_entry_t`. */
function entryBytes({ sequence, state }: Entry): Uint8Array {
	const bytes = Buffer.alloc(32, 0xff);
	bytes.writeUInt32LE(sequence, 0);
	bytes.writeUInt32LE(state, 24);
	bytes.writeUInt32LE(crc32(bytes.subarray(0, 4), 0, 0xffffffff), 28);
	return bytes;
}

function stateWith(first: Entry | undefined, second: Entry | undefined): MemoryState {
	const state = new MemoryState();
	programImage(state, image("1.0.0.0"));
	state.write("ota_1.bin", image("2.0.0.0"));
	const otadata = new Uint8Array(2 * sectorLength).fill(0xff);
	if (first !== undefined) otadata.set(entryBytes(first), 0);
	if (second !== undefined) otadata.set(entryBytes(second), sectorLength);
	state.write("otadata.bin", otadata);
	return state;
}

const boot = (state: MemoryState): string | undefined =>
	new BootRom(state, new Power()).select()?.image.version;

function statesIn(state: MemoryState): number[] {
	const bytes = Buffer.from(state.read("otadata.bin") ?? []);
	return [0, sectorLength].map((offset) => bytes.readUInt32LE(offset + 24));
}

test("a board that was just programmed runs the first slot, again and again", () => {
	const state = new MemoryState();
	programImage(state, image("1.0.0.0"));
	assert.equal(boot(state), "1.0.0.0");
	assert.equal(boot(state), "1.0.0.0");
});

test("the slot of the highest sequence runs", () => {
	const one = { sequence: 1, state: valid };
	assert.equal(boot(stateWith(one, { sequence: 2, state: valid })), "2.0.0.0");
	assert.equal(
		boot(stateWith({ sequence: 3, state: valid }, { sequence: 2, state: valid })),
		"1.0.0.0",
	);
	assert.equal(boot(stateWith(undefined, { sequence: 2, state: valid })), "2.0.0.0");
});

test("a new image is pending for one boot, then aborted, and the old one runs", () => {
	const state = stateWith({ sequence: 1, state: valid }, { sequence: 2, state: newState });
	assert.equal(boot(state), "2.0.0.0");
	assert.deepEqual(statesIn(state), [valid, pending]);
	assert.equal(boot(state), "1.0.0.0");
	assert.deepEqual(statesIn(state), [valid, aborted]);
	assert.equal(boot(state), "1.0.0.0");
});

test("an entry that is invalid, aborted or not whole does not count", () => {
	const one = { sequence: 1, state: valid };
	assert.equal(boot(stateWith(one, { sequence: 2, state: invalid })), "1.0.0.0");
	assert.equal(boot(stateWith(one, { sequence: 2, state: aborted })), "1.0.0.0");
	const state = stateWith(one, { sequence: 2, state: valid });
	const bytes = state.read("otadata.bin") ?? new Uint8Array(0);
	bytes[sectorLength + 28] = (bytes[sectorLength + 28] ?? 0) ^ 1;
	state.write("otadata.bin", bytes);
	assert.equal(boot(state), "1.0.0.0");
});

test("an image with any byte changed is not run, and the other slot is", () => {
	const whole = image("2.0.0.0");
	for (let index = 0; index < whole.length; index++) {
		const state = stateWith({ sequence: 1, state: valid }, { sequence: 2, state: valid });
		const changed = whole.slice();
		changed[index] = (changed[index] ?? 0) ^ 0x20;
		state.write("ota_1.bin", changed);
		assert.equal(boot(state), "1.0.0.0", "byte " + index);
	}
});

test("an image for another platform is not run", () => {
	const state = new MemoryState();
	programImage(state, image("1.0.0.0", "esp32"));
	assert.equal(boot(state), undefined);
});

test("what an image says of itself doesn't change when its slot is written again", () => {
	const platformKey = new Uint8Array(65).fill(4);
	const head = { platform: boardPlatform, version: "1.0.0.0", built: "2026-01-01T00:00:00Z" };
	const state = new MemoryState();
	programImage(state, encodeImage({ ...head, platformKey }, []));
	const selected = () => new BootRom(state, new Power()).select()?.image.platformKey;
	const before = selected();
	state.writeAt("ota_0.bin", 0, new Uint8Array(400));
	assert.deepEqual(before, platformKey);
	state.writeAt("ota_0.bin", 0, encodeImage({ ...head, platformKey }, []));
	assert.deepEqual(selected(), platformKey);
});

/** The ESP32's random bytes are good as long as one of their two sources is. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { EntropyPool } from "../../hosts/esp32/entropy-pool.js";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const stuck = (byteLength: number): Uint8Array => new Uint8Array(byteLength);
const good = (byteLength: number): Uint8Array => randomBytes(byteLength);
const noNoise = new Uint8Array(64);

function blocksOf(pool: EntropyPool): string[] {
	return Array.from({ length: 1000 }, () => Buffer.from(pool.read(32)).toString("hex"));
}

test("with a generator that is stuck nothing comes twice, in one boot or two", () => {
	const boots = [randomBytes(64), randomBytes(64)].map((noise) =>
		blocksOf(new EntropyPool(noise, sha256, stuck)),
	);
	assert.equal(new Set(boots.flat()).size, 2000);
});

test("without noise nothing comes twice as long as the generator is good", () => {
	const boots = [1, 2].map(() => blocksOf(new EntropyPool(noNoise, sha256, good)));
	assert.equal(new Set(boots.flat()).size, 2000);
});

test("each byte of the noise counts, and so does each of the generator's", () => {
	const first = new EntropyPool(noNoise, sha256, stuck).read(32);
	for (let index = 0; index < noNoise.length; index++) {
		const noise = noNoise.slice().fill(1, index, index + 1);
		assert.notDeepEqual(new EntropyPool(noise, sha256, stuck).read(32), first);
	}
	for (let index = 0; index < 32; index++) {
		const generate = (byteLength: number) => stuck(byteLength).fill(1, index, index + 1);
		assert.notDeepEqual(new EntropyPool(noNoise, sha256, generate).read(32), first);
	}
});

test("as many bytes come as were asked for", () => {
	for (const byteLength of [0, 1, 4, 16, 31, 32, 33, 100]) {
		const bytes = new EntropyPool(randomBytes(64), sha256, good).read(byteLength);
		assert.equal(bytes.length, byteLength);
		if (byteLength >= 16) assert.notDeepEqual(bytes.slice(-8), new Uint8Array(8), "to the end");
	}
});

/** What an image says of itself is what its bundle says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { buildImage } from "../../hosts/board/build-image.js";
import { agreedFacts } from "../../hosts/dms/publisher/image.js";
import { espImage } from "./esp-image.js";

const name = "lamp.image";
const board = buildImage({ version: "0.2.0.0" });
const chip = espImage({ chip: 5, version: "1.4.0.28" });

test("an image of a board or a chip says its platform and version", () => {
	const ofBoard = { platform: "board", version: "0.2.0.0" };
	const ofChip = { platform: "esp32c3", version: "1.4.0.28" };
	assert.deepEqual(agreedFacts({ name, bytes: board }, {}), ofBoard);
	assert.deepEqual(agreedFacts({ name, bytes: board }, ofBoard), ofBoard);
	assert.deepEqual(agreedFacts({ name, bytes: chip }, {}), ofChip);
	assert.deepEqual(agreedFacts({ name, bytes: chip }, ofChip), ofChip);
});

test("what the publisher says otherwise is refused", () => {
	const wrong = [
		[board, { platform: "esp32" }, /lamp\.image is of platform board, not esp32\./],
		[board, { version: "0.3.0.0" }, /lamp\.image is of version 0\.2\.0\.0, not 0\.3\.0\.0\./],
		[chip, { platform: "esp32" }, /is of platform esp32c3, not esp32\./],
		[chip, { version: "1.4.0.29" }, /is of version 1\.4\.0\.28, not 1\.4\.0\.29\./],
	] as const;
	for (const [bytes, said, message] of wrong) {
		assert.throws(() => agreedFacts({ name, bytes }, said), { rule: "bundle", message });
	}
});

test("what an image doesn't say, the publisher has to", () => {
	const silent = espImage({ chip: 5, version: "v5.4-dirty" });
	const message = "lamp.image doesn't say its version. Say it: --version";
	assert.throws(() => agreedFacts({ name, bytes: silent }, {}), { rule: "usage", message });
	const said = { platform: "esp32c3", version: "1.0.0.0" };
	assert.deepEqual(agreedFacts({ name, bytes: silent }, { version: "1.0.0.0" }), said);
	const unknown = espImage({ chip: 0x7777, version: "1.0.0.0" });
	assert.throws(() => agreedFacts({ name, bytes: unknown }, {}), { rule: "usage" });
});

test("an image that is cut off or damaged anywhere, and what is none, is refused", () => {
	for (const whole of [board, chip]) {
		for (const length of [0, 1, 11, 12, 40, 80, whole.length - 33, whole.length - 1]) {
			const bytes = whole.subarray(0, length);
			assert.throws(() => agreedFacts({ name, bytes }, {}), { rule: "bundle" }, length + " bytes");
		}
		for (const place of [20, 50, 100, whole.length - 1]) {
			const bytes = Uint8Array.from(whole);
			bytes[place] = (bytes[place] ?? 0) ^ 1;
			assert.throws(() => agreedFacts({ name, bytes }, {}), { rule: "bundle" }, "byte " + place);
		}
	}
	const text = Buffer.from("#!/bin/sh\n");
	assert.throws(() => agreedFacts({ name, bytes: text }, {}), /lamp\.image is no firmware/);
});

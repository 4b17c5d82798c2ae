/** What else the ESP32's host makes good of the SDK: NVS, timers, and why a chip was reset. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../src/host.js";
import { systemOf } from "./chip.js";

const { NvsStorage } = await import("../../hosts/esp32/key-value.js");
const { reasonOf } = await import("../../hosts/esp32/boot.js");
const { GuardedTimer } = await import("../../hosts/moddable/timer.js");
const { nvs } = await import("./sdk/key-value.js");
const { machine } = await import("./sdk/machine.js");

const chip = { nvsTrouble: () => undefined, eraseNvs: () => undefined };

test("a value is read whole, and one of unknown length is an error, not the end of memory", () => {
	const domain = new NvsStorage(chip).open({ path: "dms", format: "buffer" });
	for (const length of [0, 1, 4000]) {
		domain.write("a", new Uint8Array(length).fill(7));
		assert.deepEqual(new Uint8Array(domain.read("a") ?? []), new Uint8Array(length).fill(7));
	}
	assert.equal(domain.read("b"), undefined);
	nvs.isLengthUnknown = true;
	assert.throws(() => domain.read("a"), RangeError);
	nvs.isLengthUnknown = false;
});

test("a timer of a month rings after a month, and keeps nobody busy until then", async () => {
	const { clock } = machine;
	const start = clock.now();
	const ticks: Clock = { ticks: () => clock.now() - start, now: () => 0, set: () => undefined };
	let turns = 0;
	const counted: Clock = {
		...ticks,
		ticks: () => {
			turns++;
			return ticks.ticks();
		},
	};
	const timer = new GuardedTimer(systemOf([]), counted);
	const month = 30 * 86_400_000;
	let rang = 0;
	timer.set(() => (rang = ticks.ticks()), month);
	await clock.runUntil(() => rang > 0);
	assert.equal(rang, month);
	assert.ok(turns < 20, turns + " looks at the clock");
});

test("every reset of ESP-IDF's has its reason", () => {
	const faults = { 4: "panic", 5: "watchdog", 6: "watchdog", 7: "watchdog", 15: "panic" };
	const supply = { 9: "brown-out", 14: "brown-out" };
	const asked = { 3: "software", 8: "software" };
	const others = { 0: "power", 1: "power", 2: "power", 10: "power", 11: "power", 12: "power" };
	const reasons = { ...faults, ...supply, ...asked, ...others, 13: "power" };
	for (const [code, reason] of Object.entries(reasons)) {
		assert.equal(reasonOf(Number(code)), reason, code);
	}
});

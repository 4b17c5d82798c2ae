/** Settings under a name: how much of them there is room for, and what they outlive. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryState } from "../../hosts/board/state.js";
import { RecordStore } from "../../src/storage/record-store.js";
import { Settings } from "../../src/storage/settings.js";
import { MemoryDomain } from "../fuzz/device/memory-domain.js";
import { inWorld } from "../journey/world.js";

for (const processor of ["v8", "xs"] as const) {
	test("profiles outlive resets, and `save` leaves them alone, on " + processor, async () => {
		const state = new MemoryState();
		await inWorld({ processor, state }, async ({ terminal, board }) => {
			await terminal.powerOn();
			for (const name of ["home", "office", "constructor"]) {
				await terminal.type("set wlan.ssid " + name);
				assert.equal(await terminal.type("save " + name), "Success");
			}
			await terminal.type("set wlan.ssid none");
			assert.equal(await terminal.type("save"), "Success");
			await terminal.type("reboot");
			assert.equal(await terminal.type("get wlan.ssid"), "none");
			for (const name of ["office", "constructor", "home"]) {
				assert.equal(await terminal.type("load " + name), "Success");
				assert.equal(await terminal.type("get wlan.ssid"), name);
			}
			assert.match(await terminal.type("get all"), /^dms.host/, "a profile is no variable");
			await terminal.type("load");
			assert.equal(await terminal.type("get wlan.ssid"), "none");
			await terminal.type("factory_reset " + board.mac);
			assert.match(await terminal.type("load home"), /No settings are saved under that name\.$/);
			assert.deepEqual(board.faults, []);
		});
	});
}

test("`save` never fails for a profile's sake", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal }) => {
		await terminal.powerOn();
		await terminal.type("set system.name " + "n".repeat(64));
		let count = 0;
		while ((await terminal.type("save profile-" + count)) === "Success") count++;
		assert.ok(count > 5 && count < 40, count + " profiles");
		const refused = await terminal.type("save one-more-of-them");
		assert.match(refused, /^Overflow\r\n.*file_delete <name>$/);
		assert.equal(await terminal.type("save"), "Success");
		for (const line of [
			"set wlan.ssid " + "u".repeat(32),
			"set dms.host " + "u".repeat(60) + ".test",
			"set wlan.hostname " + "u".repeat(63),
			"set system.uuid " + "1".repeat(40),
		]) {
			assert.equal(await terminal.type(line), "Set OK", "the device's own find room");
			assert.equal(await terminal.type("save"), "Success", "what was taken is kept");
		}
		while (count-- > 0) {
			assert.equal(await terminal.type("file_delete profile-" + count), "Success");
		}
		assert.equal(await terminal.type("set wlan.ssid short"), "Set OK");
		assert.equal(await terminal.type("save again"), "Success");
	});
});

test("an app's settings have the room that profiles leave", () => {
	const settings = new Settings(new RecordStore(new MemoryDomain(), "settings"), []);
	const isTaken = (length: number): boolean => {
		try {
			settings.set("app.text", "x".repeat(length));
			return true;
		} catch {
			return false;
		}
	};
	assert.ok(isTaken(850));
	settings.saveProfile("half");
	assert.ok(isTaken(880) && !isTaken(960), "beside the profile");
	settings.save();
	assert.throws(() => settings.saveProfile("another"), /file_delete/);
	assert.ok(settings.deleteProfile("half"));
	assert.ok(isTaken(1700), "alone");
	settings.save();
	settings.load();
	assert.equal(settings.get("app.text").length, 1700);
});

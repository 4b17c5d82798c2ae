/** A device that joins by itself comes back from any outage of its network, without a hurry. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inWorld, network, type World } from "./world.js";

const minuteMilliseconds = 60_000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;
const attempts = ({ terminal }: World): number =>
	terminal.transcript.split("[Associating to").length - 1;

/** Sets the network up and resets the device. */
async function joinByItself({ terminal }: World, ...settings: readonly string[]): Promise<void> {
	await terminal.powerOn();
	await terminal.type("set wlan.ssid " + network.ssid);
	await terminal.type('set wlan.passkey "' + network.passkey + '"');
	await terminal.type("set wlan.auto_join.enabled 1");
	for (const setting of settings) await terminal.type(setting);
	await terminal.type("save");
	terminal.send("reboot");
	await terminal.until("[Ready]");
}

for (const processor of ["v8", "xs"] as const) {
	test("a device joins after a reset, and when the network was lost, on " + processor, async () => {
		await inWorld({ processor }, async (world) => {
			await joinByItself(world);
			await world.terminal.until("IPv4 address");
			const before = attempts(world);
			world.board.radio.drop();
			await world.clock.run(minuteMilliseconds);
			assert.equal(await world.terminal.type("get wlan.network.status"), "2");
			assert.equal(attempts(world), before + 1);
		});
	});
}

test("a network that is away for a day has the device back within five minutes", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { board, clock, terminal } = world;
		await joinByItself(world);
		await terminal.until("IPv4 address");
		board.radio.networks = [];
		board.radio.drop();
		const before = attempts(world);
		await clock.run(20_000);
		assert.ok(attempts(world) - before >= 4, "the first one and three retries are quick");
		await clock.run(minuteMilliseconds - 20_000);
		// After them at most 8, 16 and 32 seconds pass, and less by chance.
		assert.ok(attempts(world) - before >= 6, "the next ones don't take long either");
		await clock.run(dayMilliseconds);
		const tries = attempts(world) - before;
		assert.ok(tries < 1000, "it does not keep the radio busy: " + tries);
		board.radio.networks = [network];
		await clock.run(5 * minuteMilliseconds);
		assert.equal(await terminal.type("get wlan.network.status"), "2");
	});
});

test("a device that is told so tries once, and again later", async () => {
	await inWorld({ processor: "v8", seed: 1 }, async (world) => {
		world.board.radio.networks = [];
		await joinByItself(world, "set wlan.auto_join.retries 0", "set wlan.auto_join.retry_delay 60");
		await world.clock.run(minuteMilliseconds - 2000);
		assert.equal(attempts(world), 1);
		await world.clock.run(60 * minuteMilliseconds);
		assert.ok(attempts(world) > 5);
	});
});

test("a device without a network's name waits for one", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		await joinByItself(world, 'set wlan.ssid ""');
		await world.clock.run(60 * minuteMilliseconds);
		assert.equal(attempts(world), 0);
		assert.deepEqual(world.board.faults, []);
	});
});

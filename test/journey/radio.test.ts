/** A radio with the chip's habits, and people who try things: a network that works stays. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameType } from "../../src/improv/frame.js";
import { inWorld, network, type World } from "./world.js";

const other = { ssid: "other", passkey: "another one", rssi: -70 };
const minuteMilliseconds = 60_000;

async function join({ terminal, board }: World): Promise<void> {
	board.radio.networks = [network, other];
	await terminal.powerOn();
	await terminal.type("set wlan.ssid " + network.ssid);
	await terminal.type('set wlan.passkey "' + network.passkey + '"');
	assert.match(await terminal.type("network_up"), /Success$/);
}

/** Joined to the first network, and to no other. */
async function isStillUp({ terminal, board, clock }: World, what: string): Promise<void> {
	await clock.run(minuteMilliseconds);
	assert.equal(await terminal.type("get wlan.network.status"), "2", what);
	assert.equal(board.radio.joined, network.ssid, what);
	assert.deepEqual(board.faults, []);
}

function settings(name: string, secret: string): Uint8Array {
	const texts = [name, secret].map((text) => Buffer.from(text));
	const data = texts.flatMap((text) => [text.length, ...text]);
	return encodeFrame(FrameType.Command, [1, data.length, ...data]);
}

for (const processor of ["v8", "xs"] as const) {
	test("a browser's failed try goes back to the network that worked, on " + processor, async () => {
		await inWorld({ processor }, async (world) => {
			await join(world);
			const { terminal, board, clock } = world;
			for (const [name, secret] of [
				["other", "a wrong one"],
				["nowhere", "password"],
				["other", "short"],
				["n".repeat(33), "password"],
			] as const) {
				terminal.transcript = "";
				board.uart.input(settings(name, secret));
				await isStillUp(world, name + " " + secret);
				const isTried = secret !== "short" && name.length <= 32;
				assert.equal(terminal.transcript.includes("[Disassociated]"), isTried, "left " + name);
			}
			board.uart.input(settings("other", "another one"));
			await clock.run(minuteMilliseconds);
			assert.equal(
				board.radio.joined,
				"other",
				"the late end of the old network is none of the new",
			);
		});
	});
}

test("network_up means the network that is set, and a failed one goes back", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		await join(world);
		const { terminal, board } = world;
		assert.match(await terminal.type("network_restart"), /Success$/, "despite the late end");
		await terminal.type("set wlan.passkey wrong-passkey");
		assert.match(await terminal.type("network_up"), /refused the passkey/);
		await isStillUp(world, "network_up");
		assert.match(await terminal.type("network_verify"), /refused the passkey/);
		await isStillUp(world, "network_verify");
		await terminal.type("set wlan.ssid other");
		await terminal.type('set wlan.passkey "another one"');
		assert.match(await terminal.type("network_up"), /Success$/);
		assert.equal(board.radio.joined, "other");
	});
});

test("a network that is chosen and fails leaves the one before, and its settings", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		await join(world);
		const { terminal, board, clock } = world;
		board.radio.networks.push({ ssid: "", passkey: "hidden one", rssi: -80 });
		for (const answers of [["1", "a wrong one"], [" "], ["9"], ["2", "nowhere", "password"]]) {
			terminal.send("network_up -s");
			for (const answer of answers) {
				await clock.run(5000);
				terminal.send(answer);
			}
			await isStillUp(world, answers.join());
			assert.equal(await terminal.type("get wlan.ssid"), network.ssid);
		}
	});
});

test("a radio that refuses or says nothing is an error, never a fault", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		await join(world);
		const { terminal, board } = world;
		await terminal.type("network_down");
		board.radio.isBusy = true;
		assert.match(await terminal.type("network_up"), /The radio is joining/);
		assert.match(await terminal.type("wlan_scan"), /The radio is joining/);
		board.radio.isBusy = false;
		board.radio.isSilent = true;
		assert.match(await terminal.type("network_up"), /no address/);
		assert.match(await terminal.type("wlan_scan"), /The radio is joining/);
		assert.deepEqual(board.faults, []);
	});
});

test("a device that lost its address and stays associated joins anew", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { terminal, board } = world;
		await join(world);
		await terminal.type("set wlan.auto_join.enabled 1");
		board.radio.loseAddress();
		await isStillUp(world, "a lease that ended");
		board.radio.isAddressless = true;
		await terminal.type("network_restart");
		board.radio.isAddressless = false;
		await isStillUp(world, "a network that had no address left");
	});
});

test("a host has its answer to network_up within a second, and asks for the status", async () => {
	await inWorld({ processor: "xs" }, async ({ terminal, clock }) => {
		await terminal.powerOn();
		await terminal.type("set wlan.ssid " + network.ssid);
		await terminal.type('set wlan.passkey "' + network.passkey + '"');
		terminal.send("set system.cmd.format machine");
		await clock.run(100);
		terminal.transcript = "";
		terminal.send("nup -i wlan");
		await clock.run(1000);
		assert.equal(terminal.transcript, "R000009\r\nSuccess\r\n");
		await clock.run(2000);
		terminal.send("get wl n s");
		await clock.run(100);
		assert.equal(terminal.transcript, "R000009\r\nSuccess\r\nR000003\r\n2\r\n");
		terminal.send('set wl s ""');
		await clock.run(100);
		terminal.transcript = "";
		terminal.send("ndo");
		await clock.run(100);
		terminal.send("nup");
		await clock.run(1000);
		assert.match(terminal.transcript, /R1\d{5}\r\nCommand failed\r\nNo network is set/);
	});
});

test("why says what keeps the network away now", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal, service }) => {
		await terminal.powerOn();
		const { token } = await service().tokens.addProvisioning();
		await terminal.type("dms_provision " + token);
		assert.match(await terminal.type("why"), /No network is set/);
		await terminal.type("set wlan.ssid " + network.ssid);
		await terminal.type("set wlan.passkey wrong-passkey");
		await terminal.type("network_up");
		assert.match(await terminal.type("why"), /refused the passkey/);
		assert.doesNotMatch(await terminal.type("why"), /No network is set/);
	});
});

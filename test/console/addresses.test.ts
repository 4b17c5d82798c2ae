/** Fixed addresses, and what the network says of its own. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ipv4Of } from "../../src/encoding/ipv4.js";
import { areUsable } from "../../src/network/ipv4.js";
import { inWorld, network, type World } from "../journey/world.js";

const ownSegment = { netmask: "255.255.255.0", gateway: "192.168.7.1", dns: "0.0.0.0" };

async function typeAll({ terminal }: World, lines: readonly string[]): Promise<void> {
	for (const line of lines) assert.equal(await terminal.type(line), "Set OK", line);
}

async function addressesOf({ terminal }: World): Promise<readonly string[]> {
	const lines = [];
	for (const part of ["i", "n", "g", "d"]) lines.push(await terminal.type("get wl n " + part));
	return lines;
}

const joining = ["set wlan.ssid " + network.ssid, `set wlan.passkey "${network.passkey}"`];
const none = ["0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0"];

for (const processor of ["v8", "xs"] as const) {
	test("a fixed address stands for DHCP, and can be taken back, on " + processor, async () => {
		await inWorld({ processor }, async (world) => {
			const { terminal, board } = world;
			await terminal.powerOn();
			assert.deepEqual(await addressesOf(world), none);
			board.radio.isAddressless = true; // Nobody answers to DHCP there.
			await typeAll(world, joining);
			await typeAll(world, ["set wl t i 192.168.7.20", "set wl t g 192.168.7.1", "set wl d e off"]);
			assert.match(await terminal.type("network_up"), /IPv4 address: 192\.168\.7\.20\r\nSuccess$/);
			assert.deepEqual(await addressesOf(world), [
				"192.168.7.20",
				"255.255.255.0",
				"192.168.7.1",
				"192.168.7.1",
			]);
			assert.match(await terminal.type("get wlan.bssid"), /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
			board.radio.isAddressless = false;
			await typeAll(world, ["set wlan.dhcp.enabled 1"]);
			assert.match(await terminal.type("network_up"), /IPv4 address: 10\.10\.10\.2\r\nSuccess$/);
			assert.equal((await addressesOf(world))[2], "10.10.10.1");
			await terminal.type("network_down");
			assert.deepEqual(await addressesOf(world), none);
			assert.equal(await terminal.type("get wlan.bssid"), "");
		});
	});
}

test("a fixed address that can't work doesn't leave the network that does", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { terminal } = world;
		await terminal.powerOn();
		await typeAll(world, joining);
		assert.match(await terminal.type("network_up"), /Success$/);
		await typeAll(world, ["set wlan.dhcp.enabled 0"]);
		for (const line of ["network_up", "network_restart", "network_verify"]) {
			assert.match(await terminal.type(line), /^Command failed\r\nThe fixed address does not fit/);
		}
		assert.equal(await terminal.type("get wlan.network.ip"), "10.10.10.2");
		for (const text of ["1.2.3", "256.1.1.1", "01.2.3.4", "1.2.3.4.5", "a.b.c.d", "1..2.3"]) {
			assert.match(await terminal.type("set wl t i " + text), /^Invalid argument/, text);
		}
	});
});

test("an address is four numbers, and a device's own one in the network of its gateway", () => {
	assert.equal(ipv4Of("255.255.255.255"), 0xffffffff);
	assert.equal(ipv4Of("10.0.0.1"), 0x0a000001);
	for (const text of ["", "1.2.3", "1.2.3.4.", "1.2.3.-4", "1.2.3.4e0", "1.2.3.256", " 1.2.3.4"]) {
		assert.equal(ipv4Of(text), undefined, text);
	}
	assert.ok(areUsable({ address: "192.168.7.20", ...ownSegment }));
	for (const address of ["0.0.0.0", "192.168.7.0", "192.168.7.255", "192.168.8.20"]) {
		assert.ok(!areUsable({ address, ...ownSegment }), address);
	}
	for (const netmask of ["0.0.0.0", "255.0.255.0", "255.255.255.255"]) {
		assert.ok(!areUsable({ address: "192.168.7.20", ...ownSegment, netmask }), netmask);
	}
	assert.ok(areUsable({ address: "10.0.0.2", ...ownSegment, gateway: "0.0.0.0" }), "no way out");
});

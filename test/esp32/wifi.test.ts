/** The ESP32's Wi-Fi over the SDK's with the SDK's own rules: whose end it hears of. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessPoint, WiFi } from "../../src/host.js";
import { systemOf } from "./chip.js";

const { ChipWiFi } = await import("../../hosts/esp32/wifi.js");
const { air, Station } = await import("./sdk/wifi.js");
const { machine } = await import("./sdk/machine.js");

interface Bench {
	readonly wifi: WiFi;
	readonly station: InstanceType<typeof Station>;
	/** `connection` and `failure` at each change. */
	readonly changes: string[];
	readonly faults: unknown[];
}

function openBench(): Bench {
	const station = (air.station = new Station());
	const changes: string[] = [];
	const faults: unknown[] = [];
	const wifi: WiFi = new ChipWiFi({
		...{ system: systemOf(faults), chip: station },
		onChanged: () => void changes.push(wifi.connection + " " + (wifi.failure ?? "-")),
	});
	return { wifi, station, changes, faults };
}

async function join({ wifi, station, changes }: Bench): Promise<void> {
	wifi.connect({ SSID: "home", password: "correct horse" });
	station.say("connected");
	station.say("address");
	await machine.clock.run(1);
	assert.equal(wifi.connection, 500);
	changes.length = 0;
}

test("leaving and joining at once is a join, not a refusal", async () => {
	const bench = openBench();
	await join(bench);
	bench.wifi.disconnect();
	bench.wifi.connect({ SSID: "office" });
	assert.equal(bench.wifi.connection, 300);
	assert.equal(bench.station.joins.length, 1, "not before the last one has ended");
	await machine.clock.run(200);
	assert.deepEqual(
		bench.station.joins.map(({ SSID }) => SSID),
		["home", "office"],
	);
	assert.deepEqual([bench.wifi.connection, bench.wifi.failure], [300, undefined]);
	bench.station.say("connected");
	bench.station.say("address");
	await machine.clock.run(1);
	assert.deepEqual(bench.changes, ["300 -", "400 -", "500 -"]);
});

test("the end of the last connection that comes late is passed over", async () => {
	const bench = openBench();
	await join(bench);
	bench.station.leave = () => undefined; // ESP-IDF takes its time.
	bench.wifi.disconnect();
	bench.wifi.connect({ SSID: "office" });
	await machine.clock.run(2_000);
	assert.equal(bench.station.joins.length, 2);
	bench.station.say("disconnected", 8);
	await machine.clock.run(1);
	assert.deepEqual([bench.wifi.connection, bench.wifi.failure], [300, undefined]);
	bench.station.say("disconnected", 15);
	await machine.clock.run(100);
	assert.deepEqual([bench.wifi.connection, bench.wifi.failure], [200, "wrong password"]);
});

test("reasons of ESP-IDF's come out as failures", async () => {
	for (const [reason, failure] of [
		[201, "not found"],
		[15, "wrong password"],
		[203, "refused"],
	] as const) {
		const bench = openBench();
		bench.wifi.connect({ SSID: "home" });
		bench.station.say("disconnected", reason);
		await machine.clock.run(1);
		assert.deepEqual([bench.wifi.connection, bench.wifi.failure], [200, failure]);
		await join(bench);
		bench.station.say("disconnected", reason);
		await machine.clock.run(1);
		assert.deepEqual(bench.changes, ["200 lost"]);
	}
});

test("a network that gives no address, or takes it back, is left", async () => {
	const bench = openBench();
	bench.wifi.connect({ SSID: "home" });
	bench.station.say("connected");
	await machine.clock.run(29_000);
	assert.equal(bench.wifi.connection, 400);
	await machine.clock.run(2_000);
	assert.deepEqual([bench.wifi.connection, bench.wifi.failure], [200, "no address"]);
	await join(bench);
	bench.station.say("disconnected", 0); // As `chip.c` says it of an address that was lost.
	await machine.clock.run(1);
	assert.deepEqual(bench.changes.at(-1), "200 no address");
});

test("connecting while connecting throws, and a radio that is busy later refuses", async () => {
	const bench = openBench();
	bench.station.isBusy = true;
	assert.throws(() => bench.wifi.connect({ SSID: "home" }), /connect failed/);
	assert.equal(bench.wifi.connection, 200);
	bench.station.isBusy = false;
	bench.wifi.connect({ SSID: "home" });
	assert.throws(() => bench.wifi.connect({ SSID: "home" }), /connecting/);
	bench.wifi.disconnect();
	bench.wifi.connect({ SSID: "home" });
	bench.station.isBusy = true; // By the time that the last one has ended.
	await machine.clock.run(2_000);
	assert.deepEqual([bench.wifi.connection, bench.wifi.failure], [200, "refused"]);
	assert.deepEqual(bench.faults, []);
});

test("a network without a passkey is open, and one of any kind is not", async () => {
	const bench = openBench();
	const BSSID = "02:00:00:00:00:01";
	for (const security of ["none", "wep", "wpa2_psk", "wpa2_wpa3_psk", "unknown"]) {
		bench.station.found.push({ SSID: security, BSSID, RSSI: -50, channel: 1, security });
	}
	const found: AccessPoint[] = [];
	let isComplete = false;
	bench.wifi.scan({
		onFound: (accessPoint) => void found.push(accessPoint),
		onComplete: () => (isComplete = true),
	});
	await machine.clock.run(1);
	assert.equal(isComplete, true);
	assert.deepEqual(
		found.map(({ secure }) => secure),
		[false, true, true, true, true],
	);
	assert.deepEqual(found[0], { SSID: "none", BSSID, RSSI: -50, channel: 1, secure: false });
});

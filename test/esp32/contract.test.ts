/** The contract of Wi-Fi and key-value storage over the ESP32's classes and the SDK's rules. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyValueRows } from "../contract/key-value.js";
import type { Row } from "../contract/row.js";
import type { AirMood, Surroundings } from "../contract/surroundings.js";
import { wifiRows } from "../contract/wifi.js";
import { type Boot, playOver } from "./contract.js";

const { ChipWiFi } = await import("../../hosts/esp32/wifi.js");
const { NvsStorage } = await import("../../hosts/esp32/key-value.js");
const { air, Station } = await import("./sdk/wifi.js");
const { machine } = await import("./sdk/machine.js");
const { nvs } = await import("./sdk/key-value.js");

const network = { SSID: "contract", password: "correct horse" };
/** ESP-IDF's reasons. */
const beaconTimeout = 200;
const noAccessPoint = 201;
const handshakeTimeout = 15;

/** A station with a network in the air; what ESP-IDF would say comes by itself. */
function openAir(): Surroundings {
	const station = (air.station = new Station());
	let mood: AirMood = "good";
	let cancel = (): void => undefined;
	const later = (milliseconds: number, act: () => void): void => {
		cancel = machine.clock.after(milliseconds, act);
	};
	const point = (name: Buffer, security: string): object => ({
		SSID: name.toString("latin1"),
		...{ BSSID: "02:00:00:00:00:01", RSSI: -60, channel: 6, security },
	});
	station.found.push(point(Buffer.from(network.SSID), "wpa2_psk"));
	station.onLeave = () => cancel();
	station.onJoin = ({ SSID, password }) => {
		if (mood === "silent") return;
		later(800, () => {
			if (SSID !== network.SSID) return station.say("disconnected", noAccessPoint);
			if (password !== network.password) return station.say("disconnected", handshakeTimeout);
			station.say("connected");
			if (mood !== "addressless") later(300, () => station.say("address"));
		});
	};
	return {
		air: {
			network,
			vanish: async () => station.say("disconnected", beaconTimeout),
			// `chip.c` makes it a disconnection.
			takeAddress: async () => station.say("disconnected", 0),
			behave: async (next) => {
				mood = next;
				station.isBusy = next === "busy";
			},
			add: async (names) => {
				for (const name of names) station.found.push(point(Buffer.from(name, "hex"), "none"));
			},
		},
	};
}

const bootRadio: Boot = (system) => ({
	network: { wifi: { io: ChipWiFi, system, chip: air.station } },
});

const storage: Surroundings = {
	storage: {
		spoil: async () => void (nvs.trouble = "ESP_ERR_NVS_NO_FREE_PAGES"),
		failReads: async (isFailing) => void (nvs.isLengthUnknown = isFailing),
	},
};

const bootStorage: Boot = () => {
	const chip = {
		nvsTrouble: () => nvs.trouble,
		eraseNvs: () => nvs.erase(),
	};
	return { keyValue: new NvsStorage(chip) };
};

function plays(port: string, rows: readonly Row[], boot: Boot, around: () => Surroundings): void {
	test(`the contract of ${port} holds over the ESP32's classes`, async (context) => {
		for (const row of rows) {
			const { kind, why } = await playOver(row, boot, around());
			await context.test(row.name, { skip: kind === "not applicable" && kind }, () =>
				assert.equal(kind, "kept", why),
			);
		}
	});
}

plays("wifi", wifiRows, bootRadio, openAir);
plays("keyValue", keyValueRows, bootStorage, () => {
	nvs.erase();
	nvs.isLengthUnknown = false;
	return storage;
});

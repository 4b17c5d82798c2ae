/** Promises of the Wi-Fi interface. */

import { utf8Decode, utf8Encode } from "../../src/encoding/utf8.js";
import type { Host, WiFi } from "../../src/host.js";
import { equal, isTrue, thrown } from "../device/check.js";
import { pause } from "./event-log.js";
import type { Row } from "./row.js";
import { Station } from "./station.js";
import { type Air, NotOffered, offered, type Surroundings } from "./surroundings.js";

const disconnected = 200;
const connecting = 300;
const connected = 400;
const addressAssigned = 500;

/** Has the host's network up, where it has to be joined. */
export async function online(host: Host, { air }: Surroundings): Promise<void> {
	if (air !== undefined) await joined(host, air);
}

async function joined(host: Host, air: Air): Promise<Station> {
	const station = new Station(host);
	station.connect(air.network);
	await station.until(addressAssigned);
	return station;
}

/** A join has come about, or has not. */
function hasEnded({ connection }: WiFi): boolean {
	return connection === addressAssigned || connection === disconnected;
}

export const wifiRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "an interface begins disconnected, knows its MAC, and nothing else yet",
		run: (host, { air }) => {
			offered(air);
			const { wifi } = new Station(host);
			equal(wifi.connection, disconnected);
			isTrue(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(wifi.MAC ?? ""), "MAC: " + wifi.MAC);
			equal([wifi.address, wifi.SSID, wifi.RSSI], [undefined, undefined, undefined]);
		},
	},
	{
		name: "connecting goes through its states to an address",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			station.connect(network);
			equal(station.wifi.connection, connecting, "at once");
			await station.until(addressAssigned);
			const { wifi, events } = station;
			equal(events.entries.at(-1), String(addressAssigned), "the last change");
			isTrue(!events.entries.includes(String(disconnected)), "never disconnected");
			equal([...events.entries].sort(), events.entries, "never back");
			isTrue(/^\d+\.\d+\.\d+\.\d+$/.test(wifi.address ?? ""), "address: " + wifi.address);
			equal(wifi.SSID, network.SSID);
			isTrue((wifi.RSSI ?? 0) < 0, "RSSI: " + wifi.RSSI);
		},
	},
	{
		name: "fixed addresses stand for those that the network assigns, until the next connection",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			const { wifi } = station;
			if (wifi.takesAddresses !== true) throw new NotOffered();
			equal(wifi.addresses, undefined, "without a network");
			const addresses = {
				address: "192.168.7.20",
				netmask: "255.255.255.0",
				gateway: "192.168.7.1",
				dns: "192.168.7.2",
			};
			station.connect({ ...network, addresses });
			await station.until(addressAssigned);
			equal([wifi.address, wifi.addresses], [addresses.address, addresses]);
			station.disconnect();
			await station.until(disconnected);
			equal([wifi.addresses, wifi.BSSID], [undefined, undefined], "without a network again");
			station.connect(network);
			await station.until(addressAssigned);
			isTrue(wifi.address !== addresses.address, "assigned: " + wifi.address);
			equal(wifi.addresses?.address, wifi.address);
			const isMac = wifi.BSSID === undefined || /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(wifi.BSSID);
			isTrue(isMac, "BSSID: " + wifi.BSSID);
		},
	},
	{
		name: "a wrong password ends disconnected, with that reason",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			station.connect({ SSID: network.SSID, password: "quite another" });
			await station.until(disconnected);
			equal(station.wifi.failure, "wrong password");
			equal(station.wifi.address, undefined);
		},
	},
	{
		name: "a network that is not there ends disconnected, with that reason",
		run: async (host, { air }) => {
			offered(air);
			const station = new Station(host);
			station.connect({ SSID: "no such network", password: "password" });
			await station.until(disconnected);
			equal(station.wifi.failure, "not found");
		},
	},
	{
		name: "a failure is no obstacle to the next attempt",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			station.connect({ SSID: "no such network", password: "password" });
			await station.until(disconnected);
			station.connect(network);
			await station.until(addressAssigned);
			equal(station.wifi.SSID, network.SSID);
		},
	},
	{
		name: "connecting while connecting throws, and the first attempt goes on",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			station.connect(network);
			thrown(() => station.connect({ SSID: "another", password: "password" }));
			await station.until(addressAssigned);
			equal(station.wifi.SSID, network.SSID);
		},
	},
	{
		name: "disconnecting ends a connection, without a failure",
		run: async (host, { air }) => {
			const station = await joined(host, offered(air));
			station.disconnect();
			await station.until(disconnected);
			const { wifi } = station;
			equal([wifi.address, wifi.SSID, wifi.failure], [undefined, undefined, undefined]);
			await pause(host);
			station.events.check();
		},
	},
	{
		name: "disconnecting ends an attempt, which doesn't come about afterwards",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			station.connect(network);
			station.disconnect();
			await station.until(disconnected);
			await pause(host, 5_000);
			equal(station.wifi.connection, disconnected);
			isTrue(!station.events.entries.includes(String(connected)), "never connected");
		},
	},
	{
		name: "disconnecting when there is nothing to end does nothing",
		run: async (host, { air }) => {
			offered(air);
			const station = new Station(host);
			station.disconnect();
			await pause(host);
			equal(station.wifi.connection, disconnected);
			station.events.check();
		},
	},
	{
		name: "a network that vanishes ends the connection as lost",
		run: async (host, { air }) => {
			const station = await joined(host, offered(air));
			await air?.vanish();
			await station.until(disconnected);
			const { wifi } = station;
			equal([wifi.failure, wifi.address], ["lost", undefined]);
		},
	},
	{
		name: "a scan finds what is in the air, says last that it is over, and joins nothing",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			for (let round = 1; round <= 2; round++) {
				const found = await station.scan();
				const point = found.find(({ SSID }) => SSID === network.SSID);
				isTrue(point !== undefined && point.RSSI < 0 && point.secure !== false, "it is found");
				equal(station.events.entries.at(-1), "complete");
			}
			equal(station.wifi.connection, disconnected);
		},
	},
	{
		name: "scanning while connecting or scanning throws, and what goes on goes on",
		run: async (host, { air }) => {
			const { network } = offered(air);
			const station = new Station(host);
			const scanned = station.scan();
			await station.scan().then(
				() => isTrue(false, "a second scan is refused"),
				() => undefined,
			);
			isTrue((await scanned).length > 0, "the first scan finds something");
			station.connect(network);
			await station.scan().then(
				() => isTrue(false, "a scan while connecting is refused"),
				() => undefined,
			);
			await station.until(addressAssigned);
		},
	},
	{
		name: "a join right after leaving comes to its end: an address, or a failure that is told",
		run: async (host, { air }) => {
			const station = await joined(host, offered(air));
			station.disconnect();
			station.connect(offered(air).network);
			await station.events.until(() => hasEnded(station.wifi));
			equal([addressAssigned, disconnected].includes(station.wifi.connection), true);
			if (station.wifi.connection === addressAssigned) return;
			await pause(host, 1_000);
			station.connect(offered(air).network);
			await station.until(addressAssigned);
		},
	},
	{
		name: "a radio that is busy refuses, by a throw or a failure, and is no obstacle later",
		run: async (host, { air }) => {
			const { network, behave } = offered(air);
			const station = new Station(host);
			await behave("busy");
			let isThrown = false;
			try {
				station.connect(network);
			} catch {
				isThrown = true;
			}
			if (!isThrown) await station.until(disconnected);
			equal(station.wifi.connection, disconnected);
			await behave("good");
			await pause(host, 1_000);
			station.connect(network);
			await station.until(addressAssigned);
		},
	},
	{
		name: "an address that is taken back is told, and is none any more",
		run: async (host, { air }) => {
			const station = await joined(host, offered(air));
			await offered(air).takeAddress();
			await station.events.until(() => station.wifi.connection < addressAssigned);
			equal(station.wifi.address, undefined);
			station.disconnect();
			await station.until(disconnected);
			station.connect(offered(air).network);
			await station.until(addressAssigned);
		},
	},
	{
		name: "who gets no address has none, and can leave and try again",
		run: async (host, { air }) => {
			const { network, behave } = offered(air);
			const station = new Station(host);
			await behave("addressless");
			station.connect(network);
			await pause(host, 20_000);
			isTrue(!station.events.entries.includes(String(addressAssigned)), "no address");
			equal([station.wifi.connection, station.wifi.address], [connected, undefined]);
			station.disconnect();
			await station.until(disconnected);
			await behave("good");
			station.connect(network);
			await station.until(addressAssigned);
		},
	},
	{
		name: "a driver that never ends what it began can be left",
		run: async (host, { air }) => {
			const { network, behave } = offered(air);
			const station = new Station(host);
			await behave("silent");
			station.connect(network);
			await pause(host, 30_000);
			equal(station.wifi.connection, connecting);
			station.disconnect();
			await station.until(disconnected);
			await behave("good");
			await pause(host, 2_000);
			station.connect(network);
			await station.until(addressAssigned);
		},
	},
	{
		name: "each access point is found, whatever its name: a twin, a hidden one, any 32 bytes",
		run: async (host, { air }) => {
			const { network, add } = offered(air);
			const any = "00ff1b5b324a0d0a80c0c1f5e282f09f98c3a9efbfbe7f20e29482e2948cedb0";
			await add(["7477696e", "7477696e", "", any]);
			const found = await new Station(host).scan();
			const count = (name: string): number => found.filter(({ SSID }) => SSID === name).length;
			equal([count(network.SSID), count("twin"), count("")], [1, 2, 1]);
			const odd = found.filter(({ SSID }) => ![network.SSID, "twin", ""].includes(SSID));
			equal(odd.length, 1);
			for (const { SSID } of odd) {
				isTrue(utf8Decode(utf8Encode(SSID)) === SSID, "text that can be sent: " + SSID.length);
			}
		},
	},
	{
		name: "after a connection that was ended the network can be joined again",
		run: async (host, { air }) => {
			const station = await joined(host, offered(air));
			station.disconnect();
			await station.until(disconnected);
			station.connect(air?.network ?? { SSID: "" });
			await station.until(addressAssigned);
		},
	},
]);

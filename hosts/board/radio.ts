/** The board's radio: the networks in the air, and joining one. */

import type { Clock } from "./clock.js";
import { macOf } from "./mac.js";
import { type Operations, type Post, textOf } from "./operations.js";
import type { Power } from "./power.js";
import type { Value } from "./processor.js";
import { Transfers } from "./transfers.js";
import type { Transport } from "./transport.js";

export interface Network {
	/** Up to 32 bytes of any kind; empty when the access point hides its name. */
	readonly ssid: string | Uint8Array;
	/** Empty for an open network. */
	readonly passkey: string;
	/** Strength of the signal, in dBm. */
	readonly rssi: number;
	readonly channel?: number;
	/** MAC address of the access point; made of the name when it isn't given. */
	readonly bssid?: string;
}

/** Times that a real radio takes, roughly, in milliseconds. */
const scanMilliseconds = 800;
const associateMilliseconds = 200;
const addressMilliseconds = 300;
/** After `disconnect` ESP-IDF tells so late that the connection has ended (reason 8). */
const lateEndMilliseconds = 15;
/** Of a join that is in trouble. */
const lateMilliseconds = 30_000;
const channelDefault = 6;
/** What DHCP gives: address, netmask, gateway and resolver. */
const assignedAddresses = "10.10.10.2 255.255.255.0 10.10.10.1 10.10.10.1";
/** ECMA-419's values of `connection`. */
const Connection = { Disconnected: 200, Connecting: 300, Connected: 400, Assigned: 500 } as const;

export class Radio {
	/** In the air; tests change them. */
	networks: Network[];
	/** The driver refuses to begin anything (`esp_wifi_connect` gives an error); tests set it. */
	isBusy = false;
	/** What is begun never ends: a driver that hangs; tests set it. */
	isSilent = false;
	/** The network has no addresses left: who joins stays associated without one. */
	isAddressless = false;
	readonly #clock: Clock;
	readonly #post: Post;
	readonly #transfers: Transfers;
	readonly #mac: string;
	readonly #power: Power;
	#connection: number = Connection.Disconnected;
	#joined: Network | undefined;
	/** As `assignedAddresses`: fixed ones, for which nobody asks the network. */
	#fixedAddresses: string | undefined;
	#failure: string | undefined;
	#isScanning = false;
	#cancelScan: () => void = () => undefined;
	#cancelEnd: () => void = () => undefined;
	#cancelJoin: () => void = () => undefined;

	constructor(
		clock: Clock,
		post: Post,
		transport: Transport,
		networks: Network[],
		mac: string,
		power: Power,
	) {
		this.#power = power;
		this.#clock = clock;
		this.#post = post;
		this.#transfers = new Transfers(post, transport, () => this.isUp);
		this.networks = networks;
		this.#mac = mac;
	}

	/** Requests made so far, as `METHOD /path`. */
	get requests(): readonly string[] {
		return this.#transfers.requests;
	}

	get operations(): Operations {
		return { ...this.#own, ...this.#transfers.operations };
	}

	readonly #own: Operations = {
		"wifi.connect": (ssid, passkey, addresses) => {
			if (this.#connection === Connection.Connecting) throw new Error("already connecting");
			const isRefused = this.#power.fails("join");
			if (this.isBusy || this.#isScanning || isRefused) throw new Error("connect failed");
			this.#fixedAddresses = typeof addresses === "string" ? addresses : undefined;
			this.#join(textOf(ssid), typeof passkey === "string" ? passkey : "");
			return undefined;
		},
		"wifi.disconnect": () => {
			const wasJoined = this.#joined !== undefined;
			this.#leave(undefined);
			if (wasJoined)
				this.#cancelEnd = this.#clock.after(lateEndMilliseconds, () => this.#endLate());
			return undefined;
		},
		"wifi.scan": () => {
			if (this.isBusy || this.#isScanning || this.#connection === Connection.Connecting) {
				throw new Error("the radio is busy");
			}
			this.#scan();
			return undefined;
		},
		"wifi.get": (property) => this.#get(textOf(property)),
	};

	/** The access point is gone, or somebody pulled its plug. */
	drop(): void {
		this.#leave("lost");
	}

	/** The lease has ended and nobody renews it: it stays associated. */
	loseAddress(): void {
		if (this.#connection === Connection.Assigned) this.#change(Connection.Connected);
	}

	reset(): void {
		this.#cancelJoin();
		this.#cancelEnd();
		this.#cancelScan();
		this.#isScanning = false;
		this.#transfers.reset();
		this.#connection = Connection.Disconnected;
		this.#joined = undefined;
		this.#failure = undefined;
	}

	/** As the SDK keeps its states: the old connection's end clears those of the join under way. */
	#endLate(): void {
		if (this.#connection !== Connection.Connecting) return;
		this.#failure = "refused";
		this.#change(Connection.Disconnected);
	}

	#join(ssid: string, passkey: string): void {
		const wanted = Buffer.from(ssid);
		const network = this.networks
			.filter((candidate) => wanted.equals(Buffer.from(candidate.ssid)))
			.sort((left, right) => right.rssi - left.rssi)[0];
		this.#change(Connection.Connecting);
		const isSilent = this.#power.fails("silent join");
		if (this.isSilent || isSilent) return;
		const late = this.#power.fails("late join") ? lateMilliseconds : 0;
		this.#later(scanMilliseconds + late, () => {
			if (network === undefined) return this.#leave("not found");
			this.#later(associateMilliseconds, () => {
				if (network.passkey !== passkey) return this.#leave("wrong password");
				this.#joined = network;
				this.#change(Connection.Connected);
				if (this.#fixedAddresses !== undefined) return this.#change(Connection.Assigned);
				if (this.isAddressless) return;
				this.#later(addressMilliseconds, () => this.#change(Connection.Assigned));
			});
		});
	}

	get #addresses(): string | undefined {
		if (this.#connection !== Connection.Assigned) return undefined;
		return this.#fixedAddresses ?? assignedAddresses;
	}

	/** Name of the network that it is associated with. */
	get joined(): string | undefined {
		return this.#joined && Buffer.from(this.#joined.ssid).toString();
	}

	/** The network is up: it has given an address. */
	get isUp(): boolean {
		return this.#connection === Connection.Assigned;
	}

	#scan(): void {
		this.#isScanning = true;
		if (this.isSilent) return;
		this.#cancelScan = this.#clock.after(scanMilliseconds, () => {
			this.#isScanning = false;
			for (const { ssid, passkey, rssi, channel, bssid } of this.networks) {
				const place = [channel ?? channelDefault, rssi, bssid ?? macOf(ssid)].join(" ");
				this.#post(
					"wifi",
					"found",
					Buffer.from(ssid),
					place + (passkey === "" ? " open" : " secure"),
				);
			}
			this.#post("wifi", "scanned");
		});
	}

	#later(milliseconds: number, step: () => void): void {
		this.#cancelJoin = this.#clock.after(milliseconds, step);
	}

	#leave(failure: string | undefined): void {
		const wasUp = this.#connection !== Connection.Disconnected;
		this.#cancelJoin();
		this.#joined = undefined;
		this.#failure = failure;
		this.#transfers.fail();
		if (wasUp) this.#change(Connection.Disconnected);
	}

	#change(connection: number): void {
		this.#connection = connection;
		this.#post("wifi", "connection");
	}

	#get(property: string): Value {
		switch (property) {
			case "connection":
				return this.#connection;
			case "MAC":
				return this.#mac;
			case "address":
				return this.#addresses?.split(" ")[0];
			case "addresses":
				return this.#addresses;
			case "BSSID":
				return this.#joined && (this.#joined.bssid ?? macOf(this.#joined.ssid));
			case "SSID":
				return this.joined;
			case "RSSI":
				return this.#joined?.rssi;
			case "failure":
				return this.#failure;
			default:
				throw new Error("no property " + property);
		}
	}
}

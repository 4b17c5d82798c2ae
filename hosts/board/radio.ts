/** The board's radio: the networks in the air, joining one, and HTTP over it. */

import type { Clock } from "./clock.js";
import { macOf } from "./mac.js";
import { bytesOf, numberOf, type Operations, type Post, textOf } from "./operations.js";
import type { Value } from "./processor.js";
import { headerPairsOf } from "./transport.js";
import type { Events, Outgoing, OutgoingRequest, Transport } from "./transport.js";

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
const channelDefault = 6;
/** What DHCP gives: address, netmask, gateway and resolver. */
const assignedAddresses = "10.10.10.2 255.255.255.0 10.10.10.1 10.10.10.1";
/** How much of a body the program may hand over at a time. */
const writableLength = 1024;

/** ECMA-419's values of `connection`. */
const Connection = { Disconnected: 200, Connecting: 300, Connected: 400, Assigned: 500 } as const;

interface Transfer {
	readonly outgoing: Outgoing;
	readonly mask: readonly string[];
	/** Of the body: bytes that the program has still to hand over. */
	missing: number;
	/** What has come and isn't read: as it came, since joining it would take time in plenty. */
	readonly waiting: Uint8Array[];
	isEnded: boolean;
}

export class Radio {
	/** In the air; tests change them. */
	networks: Network[];
	/** The driver refuses to begin anything (`esp_wifi_connect` gives an error); tests set it. */
	isBusy = false;
	/** What is begun never ends: a driver that hangs; tests set it. */
	isSilent = false;
	/** The network has no addresses left: who joins stays associated without one. */
	isAddressless = false;
	/** Requests made so far, as `METHOD /path`. */
	readonly requests: string[] = [];
	readonly #clock: Clock;
	readonly #post: Post;
	readonly #transport: Transport;
	readonly #mac: string;
	#connection: number = Connection.Disconnected;
	#joined: Network | undefined;
	/** As `assignedAddresses`: fixed ones, for which nobody asks the network. */
	#fixedAddresses: string | undefined;
	#failure: string | undefined;
	#isScanning = false;
	#cancelScan: () => void = () => undefined;
	#cancelEnd: () => void = () => undefined;
	#cancelJoin: () => void = () => undefined;
	#transfers = new Map<number, Transfer>();
	#lastId = 0;

	constructor(clock: Clock, post: Post, transport: Transport, networks: Network[], mac: string) {
		this.#clock = clock;
		this.#post = post;
		this.#transport = transport;
		this.networks = networks;
		this.#mac = mac;
	}

	readonly operations: Operations = {
		"wifi.connect": (ssid, passkey, addresses) => {
			if (this.#connection === Connection.Connecting) throw new Error("already connecting");
			if (this.isBusy || this.#isScanning) throw new Error("connect failed");
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
		"http.request": (host, port, tlsHost, ca, method, path, mask, ...fields) => {
			const tls =
				tlsHost === undefined ? {} : { tls: { host: textOf(tlsHost), ca: bytesOf(ca).slice() } };
			const request: OutgoingRequest = {
				host: textOf(host),
				port: numberOf(port),
				...tls,
				method: textOf(method),
				path: textOf(path),
				headers: headerPairsOf(fields),
			};
			return this.#request(request, textOf(mask).split(","));
		},
		"http.write": (id, bytes) => {
			const transfer = this.#transfers.get(numberOf(id));
			if (transfer === undefined) return undefined;
			const part = bytesOf(bytes);
			transfer.missing -= part.length;
			transfer.outgoing.write(part.slice());
			if (transfer.missing > 0) this.#postWritable(numberOf(id), transfer);
			return undefined;
		},
		"http.waiting": (id) => this.#countWaiting(numberOf(id)),
		"http.read": (id, byteLength) => this.#read(numberOf(id), numberOf(byteLength)),
		"http.close": (id) => {
			this.#transfers.get(numberOf(id))?.outgoing.close();
			this.#transfers.delete(numberOf(id));
			return undefined;
		},
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
		for (const { outgoing } of this.#transfers.values()) outgoing.close();
		this.#transfers.clear();
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
		if (this.isSilent) return;
		this.#later(scanMilliseconds, () => {
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
		for (const [id, { outgoing }] of this.#transfers) {
			outgoing.close();
			this.#fail(id);
		}
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

	#request(request: OutgoingRequest, mask: readonly string[]): number {
		const id = ++this.#lastId;
		this.requests.push(request.method + " " + request.path);
		if (this.#connection !== Connection.Assigned) {
			this.#fail(id);
			return id;
		}
		const missing = Number(new Map(request.headers).get("content-length") ?? 0);
		const outgoing = this.#transport(request, this.#events(id));
		this.#transfers.set(id, {
			outgoing,
			mask,
			missing,
			waiting: [],
			isEnded: false,
		});
		return id;
	}

	/** A transfer that the program has closed, or that a reset has, hears nothing any more. */
	#events(id: number): Events {
		const withTransfer = (act: (transfer: Transfer) => void): void => {
			const transfer = this.#transfers.get(id);
			if (transfer !== undefined) act(transfer);
		};
		return {
			onConnected: () =>
				withTransfer((transfer) => {
					if (transfer.missing > 0) this.#postWritable(id, transfer);
				}),
			onHeaders: (status, headers) =>
				withTransfer((transfer) => {
					const kept = [...headers].filter(([name]) => transfer.mask.includes(name));
					const head = kept.map(([name, value]) => name + ": " + value + "\r\n").join("");
					this.#post("http." + id, "headers", status, head);
				}),
			onData: (bytes) =>
				withTransfer((transfer) => {
					transfer.waiting.push(bytes);
					this.#post("http." + id, "readable");
				}),
			onEnd: () =>
				withTransfer((transfer) => {
					transfer.isEnded = true;
					this.#endWhenRead(id, transfer);
				}),
			onError: () => withTransfer(() => this.#fail(id)),
		};
	}

	#countWaiting(id: number): number {
		const { waiting = [] } = this.#transfers.get(id) ?? {};
		return waiting.reduce((length, part) => length + part.length, 0);
	}

	#read(id: number, byteLength: number): Value {
		const transfer = this.#transfers.get(id);
		if (transfer === undefined || transfer.waiting.length === 0) return undefined;
		const { waiting } = transfer;
		const bytes = new Uint8Array(byteLength);
		let length = 0;
		for (let part = waiting[0]; part !== undefined && length < byteLength; part = waiting[0]) {
			const taken = part.subarray(0, byteLength - length);
			bytes.set(taken, length);
			length += taken.length;
			if (taken.length === part.length) waiting.shift();
			else waiting[0] = part.subarray(taken.length);
		}
		this.#endWhenRead(id, transfer);
		return bytes.subarray(0, length);
	}

	#endWhenRead(id: number, transfer: Transfer): void {
		if (!transfer.isEnded || transfer.waiting.length > 0) return;
		this.#transfers.delete(id);
		this.#post("http." + id, "done");
	}

	#postWritable(id: number, transfer: Transfer): void {
		this.#post("http." + id, "writable", Math.min(writableLength, transfer.missing));
	}

	#fail(id: number): void {
		this.#transfers.delete(id);
		this.#post("http." + id, "error");
	}
}

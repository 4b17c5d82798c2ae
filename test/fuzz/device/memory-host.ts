/**
 * A host in memory, for probes of the device program: time stands still until somebody lets it
 * pass, the network can be joined, and what becomes of HTTP requests is the probe's affair.
 */

import type {
	Crypto,
	Host,
	HTTPClient,
	HTTPClientOptions,
	HTTPRequest,
	HTTPRequestOptions,
	Ping,
	PingOptions,
	Resolver,
	ScanOptions,
	Serial,
	SerialOptions,
	WiFi,
	WiFiFailure,
	WiFiOptions,
} from "../../../src/host.js";
import { isTrue } from "../../device/check.js";
import { MemoryDomain } from "./memory-domain.js";

/** Gets each request that is made; a request that nobody answers waits for ever. */
export type OnRequest = (request: MemoryRequest) => void;

export class MemoryRequest implements HTTPRequest {
	readonly options: HTTPRequestOptions;
	readonly client: HTTPClientOptions;
	isClosed = false;
	/** The head of the reply has come. */
	hasHead = false;
	/** Bytes that the program has still to read. */
	waiting: Uint8Array = new Uint8Array(0);
	/** How much of the body has been offered and not been written. */
	room = 0;
	written = 0;

	constructor(options: HTTPRequestOptions, client: HTTPClientOptions) {
		this.options = options;
		this.client = client;
	}

	read(byteLength: number): ArrayBuffer | undefined {
		const bytes = this.waiting.slice(0, byteLength);
		this.waiting = this.waiting.subarray(bytes.length);
		return bytes.length === 0 ? undefined : bytes.buffer;
	}

	write(bytes: Uint8Array): void {
		isTrue(bytes.length <= this.room, "no more is written than was offered");
		this.room -= bytes.length;
		this.written += bytes.length;
	}
}

interface Appointment {
	readonly at: number;
	readonly callback: () => void;
}

/** So many callbacks in one stretch of time are no work any more but a loop. */
const callbacksMaximum = 20_000;
/** Promises that follow one callback are over after so many turns. */
const settlingTurns = 64;
/** The transmitter's, as the ESP32's. */
const transmitLength = 128;

export class MemoryHost implements Host {
	readonly serial: Host["serial"];
	readonly network: Host["network"];
	readonly keyValue: Host["keyValue"];
	readonly flash: Host["flash"];
	readonly boot: Host["boot"];
	readonly timer: Host["timer"];
	readonly clock: Host["clock"];
	readonly crypto: Crypto;
	readonly system: Host["system"];
	readonly domain = new MemoryDomain();
	/** The program has asked to begin anew: nothing of it counts any more. */
	isOver = false;
	/** Bytes that the program has said. */
	heard = 0;
	/** The last of what it has said. */
	last = "";
	readonly #appointments = new Set<Appointment>();
	#now = 0;
	#isBehind = 0;
	#fault: string | undefined;
	#received: Uint8Array = new Uint8Array(0);
	#onReadable: SerialOptions["onReadable"] = () => undefined;

	constructor(crypto: Crypto, onRequest: OnRequest = failAtOnce) {
		const host = this;
		this.crypto = crypto;
		this.serial = { io: serialOf(this) };
		const http = { io: httpOf(onRequest) };
		this.network = {
			wifi: { io: wifiOf(this) },
			http,
			https: http,
			dns: { io: resolverOf(this) },
			ping: { io: pingOf(this) },
		};
		this.keyValue = { open: () => this.domain, erase: () => undefined };
		this.flash = {
			open: () => ({
				status: () => ({ blocks: 0, blockLength: 4096 }),
				eraseBlock: noFlash,
				read: noFlash,
				write: noFlash,
				close: () => undefined,
			}),
		};
		this.boot = {
			reason: "power",
			slot: "ota_0",
			isOnTrial: false,
			canArm: true,
			arm: noFlash,
			confirm() {},
		};
		this.timer = {
			set: (callback, milliseconds) => this.later(callback, milliseconds),
			clear: (id) => void this.#appointments.delete(id as Appointment),
		};
		this.clock = {
			now: () => this.#now + this.#isBehind,
			set: (milliseconds) => void (this.#isBehind = milliseconds - this.#now),
			ticks: () => this.#now,
		};
		this.system = {
			platform: "memory",
			version: "1.0.0.0",
			built: "2026-01-01T00:00:00Z",
			platformKey: new Uint8Array(0),
			restart: () => void (this.isOver = true),
			sleep: () => void (this.isOver = true),
			fail(error) {
				host.#fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
				host.isOver = true;
			},
		};
	}

	/** How many callbacks wait for their time. */
	get appointments(): number {
		return this.#appointments.size;
	}

	later(callback: () => void, milliseconds = 0): Appointment {
		const appointment = { at: this.#now + milliseconds, callback };
		this.#appointments.add(appointment);
		return appointment;
	}

	/** Lets time pass: all callbacks that are due in it come, one after the other. */
	async pass(milliseconds: number): Promise<void> {
		const end = this.#now + milliseconds;
		await settled();
		for (let count = 0; !this.isOver; count++) {
			isTrue(count < callbacksMaximum, "it comes to rest");
			const next = this.#nextBefore(end);
			if (next === undefined) break;
			this.#appointments.delete(next);
			this.#now = Math.max(this.#now, next.at);
			next.callback();
			await settled();
		}
		this.#now = end;
		if (this.#fault !== undefined) throw new Error("the device restarts: " + this.#fault);
	}

	#nextBefore(end: number): Appointment | undefined {
		let next: Appointment | undefined;
		for (const one of this.#appointments) {
			if (one.at <= end && (next === undefined || one.at < next.at)) next = one;
		}
		return next;
	}

	/** Bytes arrive at the device's receiver. */
	type(bytes: Uint8Array): void {
		const all = new Uint8Array(this.#received.length + bytes.length);
		all.set(this.#received);
		all.set(bytes, this.#received.length);
		this.#received = all;
		this.later(() => {
			if (this.#received.length > 0) this.#onReadable(this.#received.length);
		});
	}

	openSerial({ onReadable, onWritable }: SerialOptions): Serial {
		this.#onReadable = onReadable;
		this.later(() => onWritable(transmitLength));
		return {
			read: (byteLength = this.#received.length) => {
				const bytes = this.#received.slice(0, byteLength);
				this.#received = this.#received.slice(bytes.length);
				return bytes.length === 0 ? undefined : bytes.buffer;
			},
			write: (bytes) => {
				isTrue(bytes.length <= transmitLength, "no more is sent than there is room for");
				this.heard += bytes.length;
				this.last = (this.last + String.fromCharCode(...bytes)).slice(-transmitLength);
				this.later(() => onWritable(transmitLength));
			},
			close: () => undefined,
		};
	}
}

async function settled(): Promise<void> {
	const turn = Promise.resolve(); // One for all turns, as memory is measured here.
	for (let count = 0; count < settlingTurns; count++) await turn;
}

function noFlash(): never {
	throw new Error("there is no flash");
}

function failAtOnce({ client }: MemoryRequest): void {
	client.onError?.();
}

function serialOf(host: MemoryHost): Host["serial"]["io"] {
	return class implements Serial {
		readonly #serial: Serial;

		constructor(options: SerialOptions) {
			this.#serial = host.openSerial(options);
		}

		read(byteLength?: number): ArrayBuffer | undefined {
			return this.#serial.read(byteLength);
		}

		write(bytes: Uint8Array): void {
			this.#serial.write(bytes);
		}

		close(): void {
			this.#serial.close();
		}
	};
}

/** A network of any name can be joined at once. */
function wifiOf(host: MemoryHost): Host["network"]["wifi"]["io"] {
	return class implements WiFi {
		readonly #options: WiFiOptions;
		connection = 200;
		readonly MAC = "02:00:00:00:00:01";
		readonly RSSI = -50;
		readonly failure: WiFiFailure | undefined = undefined;
		SSID: string | undefined;

		constructor(options: WiFiOptions) {
			this.#options = options;
		}

		get address(): string | undefined {
			return this.connection === 500 ? "10.0.0.2" : undefined;
		}

		connect({ SSID }: { readonly SSID: string }): void {
			this.SSID = SSID;
			this.connection = 300;
			host.later(() => this.#become(this.connection === 300 ? 500 : this.connection));
		}

		disconnect(): void {
			this.SSID = undefined;
			this.connection = 200;
			host.later(() => this.#become(this.connection));
		}

		scan({ onFound, onComplete }: ScanOptions): void {
			host.later(() => {
				onFound({ SSID: "memory", RSSI: this.RSSI });
				onComplete();
			});
		}

		#become(connection: number): void {
			this.connection = connection;
			this.#options.onChanged("connection");
		}
	};
}

/** Nobody has a name, and nobody answers. */
function resolverOf(host: MemoryHost): Host["network"]["dns"]["io"] {
	return class implements Resolver {
		resolve({ onError }: Parameters<Resolver["resolve"]>[0]): void {
			host.later(() => onError());
		}

		close(): void {
			// It holds nothing.
		}
	};
}

function pingOf(host: MemoryHost): Host["network"]["ping"]["io"] {
	return class implements Ping {
		constructor({ onError }: PingOptions) {
			host.later(() => onError());
		}

		close(): void {
			// It holds nothing.
		}
	};
}

function httpOf(onRequest: OnRequest): Host["network"]["http"]["io"] {
	return class implements HTTPClient {
		readonly #options: HTTPClientOptions;
		readonly #requests: MemoryRequest[] = [];

		constructor(options: HTTPClientOptions) {
			this.#options = options;
		}

		request(options: HTTPRequestOptions): HTTPRequest {
			const request = new MemoryRequest(options, this.#options);
			this.#requests.push(request);
			onRequest(request);
			return request;
		}

		close(): void {
			for (const request of this.#requests) request.isClosed = true;
		}
	};
}

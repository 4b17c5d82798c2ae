/**
 * What the device program asks of the machine it runs on. Types only; `hosts/README.md` says how to
 * write one.
 *
 * Where ECMA-419 has a shape, this is that shape, so that a host can hand its objects through: an
 * IO or client is constructed from its resource, `new host.serial.io({ ...host.serial, ... })`.
 * Callbacks come one at a time, never from inside a call. A host must catch what its own callbacks
 * throw: on the chip an exception in one restarts the device.
 */

/** All that a host lends. One object for the whole time between two resets. */
export interface Host {
	readonly serial: Resource<SerialOptions, Serial>;
	readonly network: {
		readonly wifi: Resource<WiFiOptions, WiFi>;
		readonly http: Resource<HTTPClientOptions, HTTPClient>;
		/** As `http`, inside TLS 1.2 or later; it needs `tls`. */
		readonly https: Resource<HTTPClientOptions, HTTPClient>;
		readonly dns: Resource<object, Resolver>;
		readonly ping: Resource<PingOptions, Ping>;
	};
	readonly keyValue: KeyValueStorage;
	readonly flash: FlashStorage;
	readonly boot: Boot;
	readonly timer: Timer;
	readonly clock: Clock;
	readonly crypto: Crypto;
	readonly system: System;
}

/** A constructor, and beside it the host's own part of its options: pins, ports, sockets. */
export interface Resource<Options, Instance> {
	readonly io: new (options: Options) => Instance;
	readonly [own: string]: unknown;
}

/** ECMA-419 section 10, Serial; the data format is `buffer`. 8 data bits, no parity, 1 stop bit. */
export interface Serial {
	/** What has been received, all or the first `byteLength` of it, or `undefined` for nothing. */
	read(byteLength?: number): ArrayBuffer | undefined;
	/** Throws when there is not room for all of it; see `onWritable`. */
	write(bytes: Uint8Array): void;
	close(): void;
}

export interface SerialOptions {
	readonly baud: number;
	/** `byteLength` bytes wait to be read. */
	readonly onReadable: (byteLength: number) => void;
	/** There is room for `byteLength` bytes; called first when the port is ready. */
	readonly onWritable: (byteLength: number) => void;
	/**
	 * Bytes were lost between those that have been read and those that come: the receiver was full.
	 * Called once for each gap, when all before it has been read. Ours: the standard has no overrun.
	 */
	readonly onOverrun?: () => void;
}

/** ECMA-419 section 17, Wi-Fi Network Interface. */
export interface WiFi {
	/** Throws while connecting. */
	connect(options: WiFiConnectOptions): void;
	disconnect(): void;
	/** Looks which networks are in the air. Throws while connecting or scanning. */
	scan(options: ScanOptions): void;
	/** 200 disconnected, 300 connecting, 400 connected, 500 IP address assigned. */
	readonly connection: number;
	/** `xx:xx:xx:xx:xx:xx`. */
	readonly MAC: string | undefined;
	readonly address: string | undefined;
	readonly SSID: string | undefined;
	readonly RSSI: number | undefined;
	/** MAC address of the access point. Ours, as the next two: a host may leave them out. */
	readonly BSSID?: string | undefined;
	/** Those of the network that is joined, `address` among them; `undefined` without one. */
	readonly addresses?: Addresses | undefined;
	/** Whether `connect` takes `addresses`; else there are only those that the network assigns. */
	readonly takesAddresses?: boolean;
	/** Why the last connection ended or did not come about. Ours: the standard has no reasons. */
	readonly failure: WiFiFailure | undefined;
}

export interface ScanOptions {
	readonly onFound: (accessPoint: AccessPoint) => void;
	/** Called last. */
	readonly onComplete: () => void;
}

export interface AccessPoint {
	readonly SSID: string;
	/** Its MAC address, as `MAC`. */
	readonly BSSID?: string;
	/** In dBm. */
	readonly RSSI: number;
	readonly channel?: number;
	/** A passkey is needed. */
	readonly secure?: boolean;
}

export interface WiFiConnectOptions {
	readonly SSID: string;
	readonly password?: string;
	/** What the network is to call the device. Ours: a host that can't say it leaves it out. */
	readonly hostname?: string;
	/** Fixed ones, which stand for DHCP; only for a host with `takesAddresses`. */
	readonly addresses?: Addresses;
}

/** IPv4, each dotted; `0.0.0.0` for one that there isn't. */
export interface Addresses {
	readonly address: string;
	readonly netmask: string;
	readonly gateway: string;
	/** Of a resolver. */
	readonly dns: string;
}

export type WiFiFailure = "not found" | "wrong password" | "refused" | "no address" | "lost";

export interface WiFiOptions {
	readonly onChanged: (property: string) => void;
}

/** ECMA-419's Domain Name Resolver. */
export interface Resolver {
	resolve(options: {
		readonly host: string;
		/** `address` is IPv4, dotted. */
		readonly onResolved: (host: string, address: string) => void;
		readonly onError: (error?: unknown) => void;
	}): void;
	close(): void;
}

/** One ICMP echo request. The standard has none. */
export interface Ping {
	close(): void;
}

export interface PingOptions {
	/** IPv4, dotted. */
	readonly address: string;
	/** The reply took so long. */
	readonly onReply: (milliseconds: number) => void;
	/** There is no way to that address, or nobody there replies. */
	readonly onError: (error?: unknown) => void;
}

/** ECMA-419 section 20: HTTP/1.1, one request after the other, to one server. */
export interface HTTPClient {
	request(options: HTTPRequestOptions): HTTPRequest;
	/** Drops the connection; no callback comes any more. */
	close(): void;
}

export interface HTTPClientOptions {
	readonly host: string;
	readonly port: number;
	/** ECMA-419 section 10, TLS Client: `ca` is the DER of the only certificate to trust. */
	readonly tls?: { readonly host: string; readonly ca: Uint8Array };
	/** The connection failed or was lost; a `DmsError` says why, any other error says nothing. */
	readonly onError?: (error?: unknown) => void;
}

export interface HTTPRequestOptions {
	readonly method: string;
	readonly path: string;
	/** In lower case, in the order of the wire. A body needs `content-length`. */
	readonly headers: Map<string, string>;
	/** The only fields of the reply that are kept: memory on a device is dear. */
	readonly headersMask: readonly string[];
	/** `this` is the request in all four. Names of fields come in lower case. */
	readonly onHeaders: (this: HTTPRequest, status: number, headers: Map<string, string>) => void;
	readonly onReadable: (this: HTTPRequest, byteLength: number) => void;
	readonly onWritable: (this: HTTPRequest, byteLength: number) => void;
	/** `null` when the reply is complete; else an error as `onError`'s. */
	readonly onDone: (this: HTTPRequest, error: unknown) => void;
}

export interface HTTPRequest {
	read(byteLength: number): ArrayBuffer | undefined;
	/** At most what `onWritable` offered. */
	write(bytes: Uint8Array): void;
}

/**
 * ECMA-419 section 28, Key-Value. Keys and paths have at most 15 characters, values 4,000 bytes.
 */
export interface KeyValueStorage {
	/** Throws an error that says why when the storage can't be used at all since the reset. */
	open(options: { readonly path: string; readonly format: "buffer" }): KeyValueDomain;
	/**
	 * Empties it for all paths, also where `open` throws: after the next reset it can be opened.
	 * Throws when the flash fails. Ours.
	 */
	erase(): void;
}

/** A write that power cuts leaves the old value, the new one or none, and hurts no other key. */
export interface KeyValueDomain extends Iterable<string> {
	read(key: string): ArrayBuffer | undefined;
	write(key: string, value: Uint8Array): void;
	delete(key: string): void;
	close(): void;
}

/**
 * Flash as Moddable's `embedded:storage/flash`: the image slot that doesn't run. `open` throws
 * while the running image is on trial: what the slot holds then is what the device goes back to.
 */
export interface FlashStorage {
	open(options: { readonly path: "nextota"; readonly mode: "r+" }): Flash;
}

/** Positions and lengths in bytes. Each throws when the flash fails. */
export interface Flash {
	status(): { readonly blocks: number; readonly blockLength: number };
	/** Sets all bits of one erase block. */
	eraseBlock(index: number): void;
	read(byteLength: number, position: number): ArrayBuffer;
	/** Clears bits; what is to have bits set must be erased before. */
	write(bytes: Uint8Array, position: number): void;
	close(): void;
}

/**
 * Which image runs, by ESP-IDF's rules with rollback enabled: an image that was armed is started
 * once, on trial. Unless it confirms itself in that one boot, the next starts the image before.
 */
export interface Boot {
	/** Why the last run of the processor ended, so that this one began. */
	readonly reason: ResetReason;
	/** Name of the slot that the running image lies in, such as `ota_0`. */
	readonly slot: string;
	readonly isOnTrial: boolean;
	/** Whether another image can be started at all: whether there is a second slot. */
	readonly canArm: boolean;
	/** Has the next boot start the other slot's image. Throws when that isn't a whole image. */
	arm(): void;
	/** Makes the running image the one to go on with. */
	confirm(): void;
}

/** `software` is a restart that the program asked for; `panic`, an error that nobody expected. */
export type ResetReason = "power" | "software" | "panic" | "watchdog" | "brown-out";

/** Moddable's `timer` module. */
export interface Timer {
	set(callback: () => void, milliseconds: number): TimerId;
	clear(id: TimerId): void;
}

export type TimerId = unknown;

export interface Clock {
	/** Milliseconds since 1970-01-01 UTC; small after a reset, until somebody sets it. */
	now(): number;
	set(milliseconds: number): void;
	/** Milliseconds since the reset. It never steps. */
	ticks(): number;
}

/** SHA-256 and ECDSA with P-256. Keys and signatures are as in `protocol/key.ts`. */
export interface Crypto {
	sha256(bytes: Uint8Array): Uint8Array;
	/** SHA-256 of what comes in parts. */
	digest(): Digest;
	/** Bytes of a hardware generator: never of `Math.random`. */
	random(byteLength: number): Uint8Array;
	publicKey(privateKey: Uint8Array): Uint8Array;
	/** Deterministic (RFC 6979): a weak generator must not cost the key. */
	sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array;
	/**
	 * The caller has checked that r and s are in range; the host checks that the point is on the
	 * curve.
	 */
	verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
}

/** As Moddable's `Digest`. */
export interface Digest {
	write(bytes: Uint8Array): void;
	/** The 32 bytes; nothing can be written any more. */
	close(): Uint8Array;
}

export interface System {
	/** What kind of hardware this is, such as `esp32`: firmware is made for one platform. */
	readonly platform: string;
	/** Version of the firmware: four numbers. */
	readonly version: string;
	/** When the firmware was built: ISO 8601, UTC. */
	readonly built: string;
	/** Of the platform's publisher, whose word it is which key a product has; empty for none. */
	readonly platformKey: Uint8Array;
	/** How much of the memory is in use, in percent; a host that can't say it leaves it out. */
	readonly memoryUsage?: number | undefined;
	/** Begins anew, as after power-up. It may return, but nothing after it counts. */
	restart(): void;
	/** Takes no power for so long, then begins anew. It may return, but nothing after it counts. */
	sleep(milliseconds: number): void;
	/** An error that nobody expected: recorded as a fault, then a restart. It never throws. */
	fail(error: unknown): void;
}

/** Hosts that break a promise, each in one way: what the contract is there to find. */

import type {
	Boot,
	Clock,
	Crypto,
	Flash,
	Host,
	HTTPClientOptions,
	HTTPRequest,
	HTTPRequestOptions,
	KeyValueDomain,
	PingOptions,
	Resolver,
	SerialOptions,
	System,
	Timer,
	TimerId,
	WiFiFailure,
	WiFiOptions,
} from "../../src/host.js";
import type { PortName } from "./tables.js";

type Wrongs = Readonly<Record<string, (host: Host) => Host>>;

const serial: Wrongs = Object.freeze<Wrongs>({
	"calls back from inside its construction": (host) => {
		const io = class extends host.serial.io {
			constructor(options: SerialOptions) {
				super(options);
				options.onWritable(1);
			}
		};
		return { ...host, serial: { ...host.serial, io } };
	},
	"sends a part of what there is no room for": (host) => {
		const io = class extends host.serial.io {
			override write(bytes: Uint8Array): void {
				if (bytes.length > 64) super.write(bytes.subarray(0, 1));
				super.write(bytes);
			}
		};
		return { ...host, serial: { ...host.serial, io } };
	},
	"receives seven bits": (host) => {
		const io = class extends host.serial.io {
			override read(): ArrayBuffer | undefined {
				const bytes = super.read();
				return bytes && new Uint8Array(bytes).map((byte) => byte & 0x7f).buffer;
			}
		};
		return { ...host, serial: { ...host.serial, io } };
	},
	"says nothing of bytes that it lost": (host) => {
		const io = class extends host.serial.io {
			constructor(options: SerialOptions) {
				super({ ...options, onOverrun: () => undefined });
			}
		};
		return { ...host, serial: { ...host.serial, io } };
	},
	"calls back after it was closed": (host) => {
		const io = class extends host.serial.io {
			readonly #options: SerialOptions;

			constructor(options: SerialOptions) {
				super(options);
				this.#options = options;
			}

			override close(): void {
				host.timer.set(() => this.#options.onWritable(1), 1);
			}
		};
		return { ...host, serial: { ...host.serial, io } };
	},
});

/** A host whose Wi-Fi interface is of this class. */
function withWiFi(host: Host, io: Host["network"]["wifi"]["io"]): Host {
	return { ...host, network: { ...host.network, wifi: { ...host.network.wifi, io } } };
}

const wifi: Wrongs = Object.freeze<Wrongs>({
	"gives one reason for all failures": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				override get failure(): WiFiFailure | undefined {
					return super.failure && "not found";
				}
			},
		),
	"calls back from inside connect": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				readonly #options: WiFiOptions;

				constructor(options: WiFiOptions) {
					super(options);
					this.#options = options;
				}

				override connect(options: { readonly SSID: string; readonly password?: string }): void {
					super.connect(options);
					this.#options.onChanged("connection");
				}
			},
		),
	"takes a second connect in silence": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				override connect(options: { readonly SSID: string; readonly password?: string }): void {
					if (this.connection !== 300) super.connect(options);
				}
			},
		),
	"keeps its address when it has lost the network": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				#last: string | undefined;

				override get address(): string | undefined {
					return (this.#last = super.address ?? this.#last);
				}

				override get connection(): number {
					this.#last = super.address ?? this.#last;
					return super.connection;
				}
			},
		),
	"does not disconnect": (host) =>
		withWiFi(
			host,
			class extends host.network.wifi.io {
				override disconnect(): void {}
			},
		),
});

/** A host whose HTTP client has its requests' options changed. */
function withRequests(
	host: Host,
	change: (options: HTTPRequestOptions) => HTTPRequestOptions,
): Host {
	const io = class extends host.network.http.io {
		override request(options: HTTPRequestOptions): HTTPRequest {
			return super.request(change(options));
		}
	};
	return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
}

const http: Wrongs = Object.freeze<Wrongs>({
	"takes a reply that was cut off for a whole one": (host) =>
		withRequests(host, (options) => ({
			...options,
			onDone() {
				options.onDone.call(this, null);
			},
		})),
	"keeps all fields of the head": (host) =>
		withRequests(host, (options) => ({
			...options,
			headersMask: [...options.headersMask, "content-length", "x-other"],
		})),
	"names fields as they came": (host) =>
		withRequests(host, (options) => ({
			...options,
			onHeaders(status, headers) {
				const upper = [...headers].map(([name, value]) => [name.toUpperCase(), value] as const);
				options.onHeaders.call(this, status, new Map(upper));
			},
		})),
	"does not say which request it means": (host) =>
		withRequests(host, (options) => ({
			...options,
			onHeaders(status, headers) {
				options.onHeaders.call({ ...this }, status, headers);
			},
		})),
	"sends a body in the wrong order": (host) => {
		const io = class extends host.network.http.io {
			override request(options: HTTPRequestOptions): HTTPRequest {
				return super.request({
					...options,
					onWritable(byteLength) {
						const { write } = this;
						const reversed = (bytes: Uint8Array): void => write.call(this, bytes.slice().reverse());
						options.onWritable.call(Object.assign(this, { write: reversed }), byteLength);
						Object.assign(this, { write });
					},
				});
			}
		};
		return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
	},
	"goes on after it was closed": (host) => {
		const io = class extends host.network.http.io {
			override close(): void {}
		};
		return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
	},
	"calls back from inside a request": (host) => {
		const io = class extends host.network.http.io {
			readonly #options: HTTPClientOptions;

			constructor(options: HTTPClientOptions) {
				super(options);
				this.#options = options;
			}

			override request(options: HTTPRequestOptions): HTTPRequest {
				this.#options.onError?.();
				return super.request(options);
			}
		};
		return { ...host, network: { ...host.network, http: { ...host.network.http, io } } };
	},
});

/** A host whose clients inside TLS have their options changed. */
function withSecure(host: Host, change: (options: HTTPClientOptions) => HTTPClientOptions): Host {
	const io = class extends host.network.https.io {
		constructor(options: HTTPClientOptions) {
			super(change(options));
		}
	};
	return { ...host, network: { ...host.network, https: { ...host.network.https, io } } };
}

const https: Wrongs = Object.freeze<Wrongs>({
	"speaks in the clear": (host) => ({
		...host,
		network: {
			...host.network,
			https: {
				...host.network.http,
				io: class extends host.network.http.io {
					constructor({ tls, ...options }: HTTPClientOptions) {
						super(options);
					}
				},
			},
		},
	}),
	"checks the name of the host, not that of the option": (host) =>
		withSecure(host, (options) =>
			options.tls === undefined
				? options
				: { ...options, tls: { ...options.tls, host: options.host } },
		),
});

/** A host whose resolver is of this class. */
function withResolver(host: Host, io: Host["network"]["dns"]["io"]): Host {
	return { ...host, network: { ...host.network, dns: { ...host.network.dns, io } } };
}

const dns: Wrongs = Object.freeze<Wrongs>({
	"answers after it was closed": (host) =>
		withResolver(
			host,
			class extends host.network.dns.io {
				override close(): void {}
			},
		),
	"finds every name": (host) =>
		withResolver(
			host,
			class extends host.network.dns.io {
				override resolve(options: Parameters<Resolver["resolve"]>[0]): void {
					const onError = (): void => options.onResolved(options.host, "192.0.2.1");
					super.resolve({ ...options, onError });
				}
			},
		),
	"answers from inside the question": (host) =>
		withResolver(
			host,
			class extends host.network.dns.io {
				override resolve(options: Parameters<Resolver["resolve"]>[0]): void {
					options.onError();
				}
			},
		),
});

/** A host whose echo requests are of this class. */
function withPing(host: Host, io: Host["network"]["ping"]["io"]): Host {
	return { ...host, network: { ...host.network, ping: { ...host.network.ping, io } } };
}

const ping: Wrongs = Object.freeze<Wrongs>({
	"gets a reply from everywhere": (host) =>
		withPing(
			host,
			class extends host.network.ping.io {
				constructor(options: PingOptions) {
					super({ ...options, onError: () => options.onReply(1) });
				}
			},
		),
	"says something after it was closed": (host) =>
		withPing(
			host,
			class extends host.network.ping.io {
				override close(): void {}
			},
		),
});

const nothingKept: KeyValueDomain = Object.freeze<KeyValueDomain>({
	read: () => undefined,
	write: () => undefined,
	delete: () => undefined,
	close: () => undefined,
	[Symbol.iterator]: () => [][Symbol.iterator](),
});

/** A host whose key-value domains are changed. */
function withDomains(
	host: Host,
	change: (domain: KeyValueDomain) => Partial<KeyValueDomain>,
): Host {
	return {
		...host,
		keyValue: {
			erase: () => host.keyValue.erase(),
			open: (options) => {
				const domain = host.keyValue.open(options);
				return {
					read: (key) => domain.read(key),
					write: (key, value) => domain.write(key, value),
					delete: (key) => domain.delete(key),
					close: () => domain.close(),
					[Symbol.iterator]: () => domain[Symbol.iterator](),
					...change(domain),
				};
			},
		},
	};
}

const keyValue: Wrongs = Object.freeze<Wrongs>({
	"erases nothing": (host) => ({
		...host,
		keyValue: { open: (options) => host.keyValue.open(options), erase: () => undefined },
	}),
	"opens what can't be used": (host) => ({
		...host,
		keyValue: {
			open: (options) => {
				try {
					return host.keyValue.open(options);
				} catch {
					return nothingKept;
				}
			},
			erase: () => host.keyValue.erase(),
		},
	}),
	"keeps the first 255 bytes": (host) =>
		withDomains(host, (domain) => ({
			write: (key, value) => domain.write(key, value.subarray(0, 255)),
		})),
	"cuts long keys": (host) =>
		withDomains(host, (domain) => ({
			write: (key, value) => domain.write(key.slice(0, 15), value),
		})),
	"overwrites a longer value in part": (host) =>
		withDomains(host, (domain) => ({
			write: (key, value) => {
				const old = domain.read(key);
				const whole = new Uint8Array(Math.max(old?.byteLength ?? 0, value.length));
				if (old !== undefined) whole.set(new Uint8Array(old));
				whole.set(value);
				domain.write(key, whole);
			},
		})),
	"yields a key twice": (host) =>
		withDomains(host, (domain) => ({
			*[Symbol.iterator]() {
				yield* domain;
				yield* domain;
			},
		})),
	"forgets at a reset": (host) => {
		const values = new Map<string, ArrayBuffer>();
		return withDomains(host, () => ({
			read: (key) => values.get(key)?.slice(0),
			write: (key, value) => void values.set(key, value.slice().buffer),
			delete: (key) => void values.delete(key),
			[Symbol.iterator]: () => values.keys(),
		}));
	},
	"hurts other keys by a write": (host) =>
		withDomains(host, (domain) => ({
			write: (key, value) => {
				for (const other of [...domain]) if (other !== key) domain.delete(other);
				domain.write(key, value);
			},
		})),
});

/** A host whose slot is changed. */
function withFlash(host: Host, change: (flash: Flash) => Partial<Flash>): Host {
	return {
		...host,
		flash: {
			open: (options) => {
				const flash = host.flash.open(options);
				return {
					status: () => flash.status(),
					eraseBlock: (index) => flash.eraseBlock(index),
					read: (byteLength, position) => flash.read(byteLength, position),
					write: (bytes, position) => flash.write(bytes, position),
					close: () => flash.close(),
					...change(flash),
				};
			},
		},
	};
}

const flash: Wrongs = Object.freeze<Wrongs>({
	"erases two blocks": (host) =>
		withFlash(host, (slot) => ({
			eraseBlock: (index) => {
				slot.eraseBlock(index);
				if (index > 0) slot.eraseBlock(index - 1);
			},
		})),
	"does not erase": (host) => withFlash(host, () => ({ eraseBlock: () => undefined })),
	"erases what it writes to": (host) =>
		withFlash(host, (slot) => ({
			write: (bytes, position) => {
				slot.eraseBlock(Math.floor(position / slot.status().blockLength));
				slot.write(bytes, position);
			},
		})),
	"reads on from the end": (host) =>
		withFlash(host, (slot) => ({
			read: (byteLength, position) => {
				const { blocks, blockLength } = slot.status();
				const end = Math.min(position + byteLength, blocks * blockLength);
				return slot.read(end - position, position);
			},
		})),
});

function withBoot(host: Host, change: Partial<Boot>): Host {
	const { boot } = host;
	const { reason, slot, isOnTrial, canArm } = boot;
	const arm = (): void => boot.arm();
	const confirm = (): void => boot.confirm();
	return { ...host, boot: { reason, slot, isOnTrial, canArm, arm, confirm, ...change } };
}

const boot: Wrongs = Object.freeze<Wrongs>({
	"knows one reason only": (host) => withBoot(host, { reason: "software" }),
	"arms anything": (host) => withBoot(host, { arm: () => undefined }),
	"is on trial for ever": (host) => withBoot(host, { isOnTrial: true }),
	"names its slot by the time": (host) => withBoot(host, { slot: host.boot.reason }),
});

/** A host with another timer. */
function withTimer(host: Host, set: Timer["set"], clear?: Timer["clear"]): Host {
	return { ...host, timer: { set, clear: clear ?? ((id) => host.timer.clear(id)) } };
}

const timer: Wrongs = Object.freeze<Wrongs>({
	"fires at once when there is no time to wait": (host) =>
		withTimer(host, (callback, milliseconds) => {
			if (milliseconds === 0) callback();
			return milliseconds === 0 ? undefined : host.timer.set(callback, milliseconds);
		}),
	"fires early": (host) =>
		withTimer(host, (callback, milliseconds) => host.timer.set(callback, milliseconds / 2)),
	"fires again and again": (host) =>
		withTimer(host, (callback, milliseconds) => {
			host.timer.set(callback, milliseconds + 5);
			return host.timer.set(callback, milliseconds);
		}),
	"does not clear": (host) =>
		withTimer(
			host,
			(callback, milliseconds) => host.timer.set(callback, milliseconds),
			() => undefined,
		),
	"counts in 32 bits": (host) =>
		withTimer(host, (callback, milliseconds) =>
			host.timer.set(callback, Math.max(milliseconds | 0, 0)),
		),
	"has a few timers only": (host) => {
		let waiting = 0;
		return withTimer(host, (callback, milliseconds): TimerId => {
			if (++waiting > 10) return undefined;
			return host.timer.set(() => {
				waiting--;
				callback();
			}, milliseconds);
		});
	},
});

function withClock(host: Host, change: Partial<Clock>): Host {
	const { clock } = host;
	const own: Clock = {
		now: () => clock.now(),
		set: (milliseconds) => clock.set(milliseconds),
		ticks: () => clock.ticks(),
	};
	return { ...host, clock: { ...own, ...change } };
}

const clock: Wrongs = Object.freeze<Wrongs>({
	"knows the year after a reset": (host) =>
		withClock(host, { now: () => Math.max(host.clock.now(), 1_700_000_000_000) }),
	"does not go on": (host) => {
		let time = 0;
		return withClock(host, { now: () => time, set: (milliseconds) => void (time = milliseconds) });
	},
	"sets its ticks too": (host) => withClock(host, { ticks: () => host.clock.now() }),
	"takes only later times": (host) =>
		withClock(host, {
			set: (milliseconds) => host.clock.set(Math.max(milliseconds, host.clock.now())),
		}),
});

function withCrypto(host: Host, change: Partial<Crypto>): Host {
	const { crypto } = host;
	const own: Crypto = {
		sha256: (bytes) => crypto.sha256(bytes),
		digest: () => crypto.digest(),
		random: (byteLength) => crypto.random(byteLength),
		publicKey: (privateKey) => crypto.publicKey(privateKey),
		sign: (privateKey, digest) => crypto.sign(privateKey, digest),
		verify: (publicKey, digest, signature) => crypto.verify(publicKey, digest, signature),
	};
	return { ...host, crypto: { ...own, ...change } };
}

const crypto: Wrongs = Object.freeze<Wrongs>({
	"takes the whole of a view's memory": (host) =>
		withCrypto(host, {
			sha256: (bytes) => host.crypto.sha256(new Uint8Array(bytes.buffer as ArrayBuffer)),
		}),
	"begins its random bytes anew at each reset": (host) => {
		let count = 0;
		const next = (): number => (count++, (count * 167 + (count >> 8)) & 0xff);
		return withCrypto(host, {
			random: (byteLength) => Uint8Array.from({ length: byteLength }, next),
		});
	},
	"repeats its random bytes": (host) => {
		const always = host.crypto.random(256);
		return withCrypto(host, { random: (byteLength) => always.slice(0, byteLength) });
	},
	"signs with another digest than the one given": (host) =>
		withCrypto(host, {
			sign: (privateKey, digest) => host.crypto.sign(privateKey, host.crypto.sha256(digest)),
		}),
	"takes every signature": (host) => withCrypto(host, { verify: () => true }),
	"looks at a half of a signature": (host) => {
		const known = new Set<string>();
		return withCrypto(host, {
			verify: (publicKey, digest, signature) => {
				const half = [publicKey, digest, signature.subarray(0, 32)].join();
				if (host.crypto.verify(publicKey, digest, signature)) known.add(half);
				return known.has(half);
			},
		});
	},
	"mixes the digests of parts": (host) => {
		const one = host.crypto.digest();
		return withCrypto(host, { digest: () => one });
	},
});

function withSystem(host: Host, change: Partial<System>): Host {
	const { system } = host;
	const { platform, version, built, platformKey } = system;
	const restart = (): void => system.restart();
	const sleep = (milliseconds: number): void => system.sleep(milliseconds);
	const fail = (error: unknown): void => system.fail(error);
	const own = { platform, version, built, platformKey, restart, sleep, fail };
	return { ...host, system: { ...own, ...change } };
}

const system: Wrongs = Object.freeze<Wrongs>({
	"has a version of two numbers": (host) => withSystem(host, { version: "1.0" }),
	"was built on no date": (host) => withSystem(host, { built: "yesterday" }),
	"does not restart": (host) => withSystem(host, { restart: () => undefined }),
	"goes on after an error": (host) => withSystem(host, { fail: () => undefined }),
	"throws at an error without words": (host) =>
		withSystem(host, { fail: (error) => host.system.fail(String(error)) }),
});

/** By the port whose table must find them. */
export const wrongHosts: Readonly<Record<PortName, Wrongs>> = Object.freeze({
	serial,
	wifi,
	http,
	https,
	dns,
	ping,
	keyValue,
	flash,
	boot,
	timer,
	clock,
	crypto,
	system,
});

/** Hosts whose serial line, time, cryptography or system breaks a promise. */

import type { Clock, Crypto, Host, SerialOptions, System, Timer, TimerId } from "../../src/host.js";
import type { Wrongs } from "./wrongs.js";

export const serial: Wrongs = Object.freeze<Wrongs>({
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

/** A host with another timer. */
function withTimer(host: Host, set: Timer["set"], clear?: Timer["clear"]): Host {
	return { ...host, timer: { set, clear: clear ?? ((id) => host.timer.clear(id)) } };
}

export const timer: Wrongs = Object.freeze<Wrongs>({
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

export const clock: Wrongs = Object.freeze<Wrongs>({
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

export const crypto: Wrongs = Object.freeze<Wrongs>({
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

export const system: Wrongs = Object.freeze<Wrongs>({
	"has a version of two numbers": (host) => withSystem(host, { version: "1.0" }),
	"was built on no date": (host) => withSystem(host, { built: "yesterday" }),
	"does not restart": (host) => withSystem(host, { restart: () => undefined }),
	"goes on after an error": (host) => withSystem(host, { fail: () => undefined }),
	"throws at an error without words": (host) =>
		withSystem(host, { fail: (error) => host.system.fail(String(error)) }),
});

/** Hosts whose storage breaks a promise. */

import type { Boot, Flash, Host, KeyValueDomain } from "../../src/host.js";
import type { Wrongs } from "./wrongs.js";

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

export const keyValue: Wrongs = Object.freeze<Wrongs>({
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

export const flash: Wrongs = Object.freeze<Wrongs>({
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

export const boot: Wrongs = Object.freeze<Wrongs>({
	"knows one reason only": (host) => withBoot(host, { reason: "software" }),
	"arms anything": (host) => withBoot(host, { arm: () => undefined }),
	"is on trial for ever": (host) => withBoot(host, { isOnTrial: true }),
	"names its slot by the time": (host) => withBoot(host, { slot: host.boot.reason }),
});

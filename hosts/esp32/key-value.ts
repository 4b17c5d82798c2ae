/** NVS through the SDK's key-value storage. */

import Storage from "embedded:storage/key-value";
import { appEntries, entriesOf, storagePath } from "../../src/storage/room.js";
import type { KeyValueDomain, KeyValueStorage } from "../../src/host.js";
import type { Chip } from "./chip.js";

/**
 * Into a buffer of this length each value is read: where NVS can't say how long one is, the SDK
 * asks for as much memory as a variable that nobody has set says, and the machine stops.
 */
const valueMaximumBytes = 4000;

type StorageDomain = ReturnType<typeof Storage.open>;

export class NvsStorage implements KeyValueStorage {
	private readonly chip: Pick<Chip, "nvsTrouble" | "eraseNvs">;
	/** What an app has opened since the reset, and so what its room is counted in. */
	private readonly opened = new Map<string, StorageDomain>();

	constructor(chip: Pick<Chip, "nvsTrouble" | "eraseNvs">) {
		this.chip = chip;
	}

	open(options: { readonly path: string; readonly format: "buffer" }): KeyValueDomain {
		const { path } = options;
		const trouble = this.chip.nvsTrouble();
		// What could be opened then is the partition that stands for it.
		if (trouble !== undefined) throw new Error(trouble);
		const domain = Storage.open({ ...options });
		if (path === storagePath) return new NvsDomain(domain, () => undefined);
		if (!this.opened.has(path)) this.opened.set(path, Storage.open({ ...options }));
		return new NvsDomain(domain, (value) => this.checkRoom(value));
	}

	erase(): void {
		this.chip.eraseNvs();
	}

	/** Throws when an app's value would take the room that identity and updates need. */
	private checkRoom(value: Uint8Array): void {
		let entries = entriesOf(value.length);
		for (const domain of this.opened.values()) {
			entries++;
			for (const key of Array.from(domain)) {
				const kept = domain.read(key);
				if (kept instanceof ArrayBuffer) entries += entriesOf(kept.byteLength);
			}
		}
		if (entries > appEntries) throw new Error("no space");
	}
}

class NvsDomain implements KeyValueDomain {
	private readonly domain: StorageDomain;
	private readonly check: (value: Uint8Array) => void;

	/** `check` throws when a value is not to be written. */
	constructor(domain: StorageDomain, check: (value: Uint8Array) => void) {
		this.domain = domain;
		this.check = check;
	}

	read(key: string): ArrayBuffer | undefined {
		const buffer = new ArrayBuffer(valueMaximumBytes);
		const length = this.domain.read(key, buffer);
		return typeof length === "number" ? buffer.slice(0, length) : undefined;
	}

	write(key: string, value: Uint8Array): void {
		// NVS takes longer ones, which could not be read any more.
		if (value.length > valueMaximumBytes) throw new RangeError("the value is too long");
		this.check(value);
		this.domain.write(key, value);
	}

	delete(key: string): void {
		this.domain.delete(key);
	}

	close(): void {
		this.domain.close();
	}

	[Symbol.iterator](): Iterator<string> {
		return this.domain[Symbol.iterator]();
	}
}

/** The settings: named texts that `set` changes in memory and `save` keeps in flash. */

import { encodeMap, type MessagePackMap } from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import type { RecordStore } from "./record-store.js";

/** All settings together, in bytes of their record: NVS holds three copies of it for a moment. */
const lengthMaximum = 2500;
/** The app's are taken up to here: what lies between is enough for the device's own. */
const appLengthMaximum = 1800;

export class Settings {
	private readonly store: RecordStore;
	private readonly isOwn: (name: string) => boolean;
	/** What differs from the defaults. Names of a later firmware's are kept. */
	private values: MessagePackMap = {};
	/** Flash may hold settings that could not be read yet: they are not to be written over. */
	private isUnread = true;

	/** Reads the record if it can; `isOwn` says which names are the device's own, not the app's. */
	constructor(store: RecordStore, isOwn: (name: string) => boolean) {
		this.store = store;
		this.isOwn = isOwn;
		this.catchUp();
		this.catchUp(); // A failure of a moment must not cost the network.
	}

	/** The value of a setting, or `initial` when nobody has set it. */
	get(name: string, initial = ""): string {
		this.catchUp();
		const value = this.values[name];
		return typeof value === "string" && Object.hasOwn(this.values, name) ? value : initial;
	}

	/** Throws `OutOfBuffers` when all settings together would be more than flash has room for. */
	set(name: string, value: string): void {
		const values = { ...this.values, [name]: value };
		const maximum = this.isOwn(name) ? lengthMaximum : appLengthMaximum;
		const { length } = encodeMap(values);
		if (length > maximum && length > encodeMap(this.values).length) {
			throw new DmsError(
				DmsResult.OutOfBuffers,
				"All settings together take at most " + maximum + " bytes. Shorten one, or clear it.",
			);
		}
		this.values = values;
	}

	/** Keeps all settings over a reset. Throws `StorageFailed`. */
	save(): void {
		this.catchUp();
		if (this.isUnread) throw new DmsError(DmsResult.StorageFailed);
		this.store.write(this.values);
	}

	/** Back to what is kept. Throws `StorageFailed`. */
	load(): void {
		this.values = this.store.read();
		this.isUnread = this.store.isDoubtful;
	}

	/**
	 * Back to the defaults in flash, but for the settings named, whatever flash holds; memory follows
	 * with the next reset. Throws `StorageFailed`.
	 */
	reset(kept: readonly string[] = []): void {
		this.catchUp();
		const values: MessagePackMap = {};
		for (const name of kept) {
			const value = this.values[name];
			if (value !== undefined) values[name] = value;
		}
		this.store.replace(values);
	}

	/** Reads what could not be read before; what has been set since then counts. */
	private catchUp(): void {
		if (!this.isUnread) return;
		try {
			this.values = { ...this.store.read(), ...this.values };
			this.isUnread = this.store.isDoubtful;
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
		}
	}
}

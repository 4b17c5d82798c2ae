/** The settings: named texts that `set` changes in memory and `save` keeps in flash. */

import type { MessagePackMap } from "../protocol/message-pack.js";
import type { RecordStore } from "./record-store.js";

export class Settings {
	readonly #store: RecordStore;
	/** What differs from the defaults. Names of a later firmware's are kept. */
	#values: MessagePackMap;

	constructor(store: RecordStore) {
		this.#store = store;
		this.#values = store.read();
	}

	/** The value of a setting, or `initial` when nobody has set it. */
	get(name: string, initial = ""): string {
		const value = this.#values[name];
		return typeof value === "string" ? value : initial;
	}

	set(name: string, value: string): void {
		this.#values = { ...this.#values, [name]: value };
	}

	/** Keeps all settings over a reset. Throws `StorageFailed`. */
	save(): void {
		this.#store.write(this.#values);
	}

	/** Back to what is kept. */
	load(): void {
		this.#values = this.#store.read();
	}

	/**
	 * Back to the defaults in flash, but for the settings named; memory follows with the next reset.
	 * Throws `StorageFailed`.
	 */
	reset(kept: readonly string[] = []): void {
		const values: MessagePackMap = {};
		for (const name of kept) {
			const value = this.#values[name];
			if (value !== undefined) values[name] = value;
		}
		this.#store.write(values);
		this.#store.mirror();
	}
}

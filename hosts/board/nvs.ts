/**
 * Non-volatile storage as ESP-IDF's: namespaces of keys and values. It is as bad as NVS is allowed
 * to be: a write that power cuts leaves for that key the old value, the new one or none, and hurts
 * no other. It fills as NVS does, by entries, and what isn't the device's own leaves room.
 */

import { appEntries, entriesOf, storagePath } from "../../src/storage/room.js";
import { bytesOf, numberOf, type Operations, textOf } from "./operations.js";
import type { Power } from "./power.js";
import { PowerLoss } from "./power.js";
import { damagedState, type State } from "./state.js";

const fileName = "nvs.json";
/** NVS's limits: names of 15 characters, and values of 4,000 bytes. */
const nameLengthMaximum = 15;
const valueLengthMaximum = 4000;
/**
 * A partition of 24 KiB has 6 pages of 126 entries of 32 bytes, beside the page's head and bitmap;
 * one page is always kept free. (ESP-IDF, "NVS library", "Structure of a page")
 */
const pageEntries = 126;
const entriesMaximum = 5 * pageEntries;

type Namespace = Map<string, Uint8Array>;

export class Nvs {
	readonly #state: State;
	readonly #power: Power;
	readonly #namespaces = new Map<string, Namespace>();
	/** Since the board was made. */
	writes = 0;
	deletes = 0;
	/** It can't be initialised: it was written by something else, or has no free page. */
	isUnusable = false;
	/** Of entries, which make pages full and then erased: so flash wears. */
	entriesWritten = 0;

	/** What the program can ask; each can fail as the power's occasions say. */
	readonly operations: Operations = {
		"nvs.open": () => {
			if (this.isUnusable) throw new Error("NVS can't be initialised");
			return undefined;
		},
		"nvs.erase": () => {
			this.erase();
			return undefined;
		},
		"nvs.read": (path, key) => {
			const trouble = this.#power.read();
			if (trouble === "fails") throw new Error("the flash could not be read");
			if (trouble === "rots") this.#rot(textOf(path), textOf(key));
			return this.read(textOf(path), textOf(key));
		},
		"nvs.write": (path, key, value) => {
			if (this.#power.fails("write")) throw new Error("the flash could not be written");
			this.write(textOf(path), textOf(key), bytesOf(value));
			return undefined;
		},
		"nvs.delete": (path, key) => {
			this.delete(textOf(path), textOf(key));
			return undefined;
		},
		"nvs.key": (path, index) => this.key(textOf(path), numberOf(index)),
	};

	constructor(state: State, power: Power) {
		this.#state = state;
		this.#power = power;
		const file = state.read(fileName);
		if (file !== undefined) this.#load(file);
	}

	read(path: string, key: string): Uint8Array | undefined {
		return this.#namespaces.get(path)?.get(key)?.slice();
	}

	key(path: string, index: number): string | undefined {
		return [...(this.#namespaces.get(path)?.keys() ?? [])][index];
	}

	write(path: string, key: string, value: Uint8Array): void {
		checkName(path);
		checkName(key);
		if (value.length > valueLengthMaximum) throw new Error("value too long");
		// The new value is written before the old one goes.
		const entries = entriesOf(value.length) + (this.#namespaces.has(path) ? 0 : 1);
		const isFull = this.#used(() => true) + entries > entriesMaximum;
		const isApp = path !== storagePath;
		const isAppFull = isApp && this.#used((one) => one !== storagePath) + entries > appEntries;
		if (isFull || isAppFull) throw new Error("no space");
		this.writes++;
		this.entriesWritten += entries;
		this.#change(path, key, value.slice());
	}

	/** Flips a bit of a record's copy, when the other copy is there. */
	#rot(path: string, key: string): void {
		const value = this.read(path, key);
		const other = key.slice(0, -1) + (key.endsWith("a") ? "b" : "a");
		if (value === undefined || this.read(path, other) === undefined) return;
		const index = value.length >> 1;
		value[index] = (value[index] ?? 0) ^ 1;
		this.#put(path, key, value);
	}

	delete(path: string, key: string): void {
		if (this.read(path, key) === undefined) return;
		this.deletes++;
		this.#change(path, key, undefined);
	}

	/** All pages, one after the other; what power leaves of them can't be initialised. */
	erase(): void {
		const cut = this.#power.flashOperation();
		if (cut === "before") throw new PowerLoss();
		this.#namespaces.clear();
		this.#state.write(fileName, Buffer.from("{}\n"));
		if (cut === undefined || cut === "after") this.isUnusable = false;
		if (cut !== undefined) throw new PowerLoss();
	}

	#change(path: string, key: string, value: Uint8Array | undefined): void {
		const cut = this.#power.flashOperation();
		if (cut === "first") this.#put(path, key, undefined);
		if (cut === undefined || cut === "last" || cut === "after") this.#put(path, key, value);
		if (cut !== undefined) throw new PowerLoss();
	}

	#put(path: string, key: string, value: Uint8Array | undefined): void {
		const namespace = this.#namespaces.get(path) ?? new Map<string, Uint8Array>();
		this.#namespaces.set(path, namespace);
		if (value === undefined) namespace.delete(key);
		else namespace.set(key, value);
		this.#state.write(fileName, Buffer.from(JSON.stringify(this.#json()) + "\n"));
	}

	/** Pages erased since the board was made, at least. */
	get erases(): number {
		return Math.floor(this.entriesWritten / pageEntries);
	}

	/** Entries of the namespaces that are `isCounted`. */
	#used(isCounted: (path: string) => boolean): number {
		let used = 0;
		for (const [path, namespace] of this.#namespaces) {
			if (!isCounted(path)) continue;
			used++;
			for (const value of namespace.values()) used += entriesOf(value.length);
		}
		return used;
	}

	#json(): Record<string, Record<string, string>> {
		const entries = [...this.#namespaces].map(([path, namespace]) => {
			const values = [...namespace].map(([key, value]) => [
				key,
				Buffer.from(value).toString("base64"),
			]);
			return [path, Object.fromEntries(values)] as const;
		});
		return Object.fromEntries(entries);
	}

	#load(file: Uint8Array): void {
		const json = jsonIn(file);
		for (const [path, values] of Object.entries(json ?? {})) {
			const namespace: Namespace = new Map();
			for (const [key, value] of Object.entries(values ?? {})) {
				if (typeof value === "string")
					namespace.set(key, Uint8Array.from(Buffer.from(value, "base64")));
			}
			this.#namespaces.set(path, namespace);
		}
	}
}

/** Only this simulation writes it so: what can't be read was damaged outside. */
function jsonIn(file: Uint8Array): unknown {
	try {
		return JSON.parse(Buffer.from(file).toString());
	} catch {
		throw damagedState(fileName);
	}
}

function checkName(name: string): void {
	if (name === "" || name.length > nameLengthMaximum) throw new Error("name too long");
}

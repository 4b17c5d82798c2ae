/** What the SDK's linker has put into flash, by kind and by module, read in its C. */

/** A slot of 32-bit XS. */
const slotBytes = 16;

/** A reference to the slot behind it, or an item's place in its list; then what the slot is. */
const slotLine = new RegExp(
	/\{ (?:NULL|\(txSlot\*\)(?:\d+|&gxHeap\[(\d+)\])), /.source +
		/\{\.ID = (\w+)[^}]*?\.flag = (\w+), \.kind = XS_(\w+)_KIND ?\}, *(.*)$/.source,
);

interface Slot {
	readonly kind: string;
	/** Of the property, internal ones by number; none for an instance. */
	readonly id: string;
	readonly flag: string;
	readonly value: string;
	readonly next: number | undefined;
	readonly references: readonly number[];
}

export interface Share {
	codeBytes: number;
	slotBytes: number;
	textBytes: number;
}

export interface Rom {
	/** Bytes by what the slots are for, and of byte code, names and texts. */
	readonly kinds: ReadonlyMap<string, number>;
	/** By the module's name; the engine and the SDK have what is left. */
	readonly modules: ReadonlyMap<string, Share>;
}

/** `source` is the linker's `mc.xs.c`. */
export function readRom(source: string): Rom {
	const slots = readSlots(source);
	const names = new Map<string, string>();
	const kinds = new Map<string, number>();
	const count = (kind: string, bytes: number) => kinds.set(kind, (kinds.get(kind) ?? 0) + bytes);
	for (const slot of slots) {
		count(kindOf(slot), slotBytes);
		if (slot.kind === "KEY_X") {
			const name = textIn(slot.value);
			names.set(slot.id, name);
			count("names: texts and tables", name.length + 1 + 6);
		} else {
			count("byte code of functions", codeIn(slot).length);
			if (slot.kind === "STRING_X") count("texts", textIn(slot.value).length + 1);
		}
	}
	return { kinds, modules: new Owners(slots, names).shares() };
}

function readSlots(source: string): Slot[] {
	const start = source.indexOf("\nstatic const txSlot gxHeap[mxHeapCount] = {\n");
	const lines = source.slice(start, source.indexOf("\n};", start)).split("\n");
	return lines.flatMap((line) => {
		const [, next, id = "", flag = "", kind = "", value = ""] = slotLine.exec(line) ?? [];
		if (kind === "") return [];
		const references = [...value.matchAll(/&gxHeap\[(\d+)\]/g)].map(([, index]) => Number(index));
		return [
			{ kind, id, flag, value, references, next: next === undefined ? undefined : Number(next) },
		];
	});
}

function kindOf({ kind, id, flag }: Slot): string {
	if (kind === "KEY_X") return "names: slots";
	if (["CODE_X", "CODE", "CALLBACK_X", "HOME", "HOST_FUNCTION"].includes(kind)) return "functions";
	if (kind === "INSTANCE" && flag === "0xd2") return "functions";
	if (["xsID_prototype", "xsID_constructor"].includes(id)) return "what new calls";
	if (kind === "INSTANCE" && flag === "0xd6") return "what new calls";
	if (kind === "CLOSURE" || (kind === "UNDEFINED" && id === "4")) return "names that functions use";
	if (["EXPORT", "MODULE"].includes(kind) || flag === "0x81") return "modules and exports";
	if (flag === "0x88") return "variables of modules";
	return "objects, lists and texts";
}

/** Finds whose each slot is. */
class Owners {
	readonly slots: readonly Slot[];
	readonly #owners = new Map<number, string>();
	readonly #modules = new Map<number, string>();

	constructor(slots: readonly Slot[], names: ReadonlyMap<string, string>) {
		this.slots = slots;
		slots.forEach((slot, index) => {
			const module = slot.next === undefined ? undefined : slots[slot.next];
			if (slot.kind !== "INSTANCE" || module === undefined) return;
			const internal = this.#chain(index).find(({ kind }) => kind === "MODULE");
			const [, id = ""] = /, (\d+|xsID_\w+)/.exec(internal?.value ?? "") ?? [];
			if (internal !== undefined) this.#modules.set(index, names.get(id) ?? id);
		});
	}

	shares(): Map<string, Share> {
		// What is exported is the exporter's, however many use it.
		for (const [index, name] of this.#modules) {
			for (const { references } of this.#chain(index)) {
				for (const list of references) {
					for (const { kind, references } of this.#chain(list)) {
						const [cell, from] = references;
						if (kind !== "EXPORT" || from !== index || cell === undefined) continue;
						if (!this.#owners.has(cell)) this.#owners.set(cell, name);
					}
				}
			}
		}
		const cells = [...this.#owners];
		this.#owners.clear();
		const taken = new Map(cells);
		this.slots.forEach((slot, index) => {
			const home = slot.kind === "HOME" ? slot.references.at(-1) : undefined;
			const name = home === undefined ? undefined : this.#modules.get(home);
			if (name !== undefined) this.#owners.set(index, name);
		});
		for (const [index, name] of this.#modules) this.#claim(index, name, taken);
		for (const [cell, name] of cells) this.#claim(cell, name, taken);
		this.slots.forEach((slot, index) => {
			const name = this.#ownerOfFunction(index);
			if (slot.kind === "INSTANCE" && name !== undefined) this.#claim(index, name, taken);
		});
		const shares = new Map<string, Share>();
		for (const [index, name] of this.#owners) {
			const slot = this.slots[index];
			if (slot === undefined) continue;
			const share = shares.get(name) ?? { codeBytes: 0, slotBytes: 0, textBytes: 0 };
			share.slotBytes += slotBytes;
			share.codeBytes += codeIn(slot).length;
			if (slot.kind === "STRING_X") share.textBytes += textIn(slot.value).length + 1;
			shares.set(name, share);
		}
		return shares;
	}

	#claim(index: number, name: string, cells: ReadonlyMap<number, string>): void {
		const waiting = [index];
		for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
			const slot = this.slots[at];
			if (slot === undefined || (this.#owners.has(at) && slot.kind !== "HOME")) continue;
			if ((cells.get(at) ?? name) !== name || (this.#ownerOfFunction(at) ?? name) !== name)
				continue;
			if ((this.#modules.get(at) ?? name) !== name) continue;
			if (slot.kind !== "HOME") this.#owners.set(at, name);
			if (slot.next !== undefined && slot.kind !== "KEY_X") waiting.push(slot.next);
			if (slot.kind === "ARRAY") waiting.push(...this.#itemsOf(slot));
			if (!["INSTANCE", "HOME"].includes(slot.kind)) waiting.push(...slot.references);
		}
	}

	/** A list's items stand one behind the other, behind a slot with their size. */
	#itemsOf({ references: [first = 0] }: Slot): number[] {
		const [size = "0"] = /\d+/.exec(this.slots[first - 1]?.value ?? "") ?? [];
		return Array.from({ length: Number(size) + 1 }, (_, index) => first - 1 + index);
	}

	#ownerOfFunction(index: number): string | undefined {
		const code = this.slots[index]?.next;
		if (code === undefined || this.slots[code]?.kind.startsWith("CODE") !== true) return undefined;
		const home = this.slots[this.slots[code]?.next ?? -1];
		return home?.kind === "HOME" ? this.#modules.get(home.references.at(-1) ?? -1) : undefined;
	}

	/** The slot and those behind it. */
	#chain(index: number): Slot[] {
		const chain: Slot[] = [];
		let slot = this.slots[index];
		while (slot !== undefined && chain.length < this.slots.length) {
			chain.push(slot);
			slot = slot.next === undefined ? undefined : this.slots[slot.next];
		}
		return chain;
	}
}

/** Each `\x..` is one byte. */
function codeIn({ kind, value }: Slot): string {
	return kind === "CODE_X" || kind === "CODE" ? textIn(value) : "";
}

function textIn(value: string): string {
	const [, text = ""] = /"((?:\\.|[^"\\])*)"/.exec(value) ?? [];
	return text.replaceAll(/\\x../g, ".").replaceAll(/\\./g, ".");
}

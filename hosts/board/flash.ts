/**
 * NOR flash: erased by sectors to ones, written by clearing bits. Anything else is the program's
 * fault.
 */

import type { CutPoint, Power } from "./power.js";
import { PowerLoss } from "./power.js";
import type { State } from "./state.js";

export const sectorLength = 4096;
const wordLength = 4;
const erased = 0xff;
const erasedSector = new Uint8Array(sectorLength).fill(erased);

/**
 * Lengths by a partition table for 4 MB of flash, as ESP-IDF lays one out. NVS is modelled apart,
 * in nvs.ts.
 */
const lengths = {
	otadata: 2 * sectorLength,
	ota_0: 0x1e0000,
	ota_1: 0x1e0000,
} as const;

export type PartitionName = keyof typeof lengths;

/** The name under which a board's state keeps a partition. */
export function partitionFile(name: PartitionName): string {
	return name + ".bin";
}

/** One partition, kept in a file of its own; what lies behind the file's end is erased. */
export class Partition {
	/** In bytes. */
	readonly length: number;
	readonly #name: PartitionName;
	readonly #state: State;
	readonly #power: Power;

	/** `length` where a chip with more flash has another table. */
	constructor(name: PartitionName, state: State, power: Power, length: number = lengths[name]) {
		this.length = length;
		this.#name = name;
		this.#state = state;
		this.#power = power;
	}

	/** What is there now; it may be a view, as of `State.readAt`. */
	read(offset: number, length: number): Uint8Array {
		this.#checkRange(offset, length);
		const kept = this.#state.readAt(partitionFile(this.#name), offset, length);
		if (kept.length === length) return kept;
		const bytes = new Uint8Array(length).fill(erased);
		bytes.set(kept);
		return bytes;
	}

	/** Sets all bits of one sector. Power can cut it: then some words are erased and some are not. */
	eraseSector(index: number): void {
		const start = index * sectorLength;
		this.#checkRange(start, sectorLength);
		this.#change(start, erasedSector);
	}

	/** Clears bits. A bit that is clear and should be set is a fault: real flash would not set it. */
	write(offset: number, bytes: Uint8Array): void {
		const present = this.read(offset, bytes.length);
		const index = isErased(present)
			? -1
			: bytes.findIndex((byte, at) => wouldSet(present[at], byte));
		if (index !== -1) {
			throw new Error("flash fault: a write at " + (offset + index) + " would set a bit");
		}
		this.#change(offset, bytes);
	}

	#change(offset: number, bytes: Uint8Array): void {
		const cut = this.#power.flashOperation();
		const done = bytes.subarray(0, doneUntil(cut, bytes.length));
		if (done.length > 0) this.#keep(offset, done);
		if (cut !== undefined) throw new PowerLoss();
	}

	#keep(offset: number, bytes: Uint8Array): void {
		const file = partitionFile(this.#name);
		const end = this.#state.lengthOf(file);
		if (end < offset) {
			this.#state.writeAt(file, end, new Uint8Array(offset - end).fill(erased));
		}
		this.#state.writeAt(file, offset, bytes);
	}

	#checkRange(offset: number, length: number): void {
		if (offset < 0 || length < 0 || offset + length > this.length) {
			throw new Error("flash fault: outside of partition " + this.#name);
		}
	}
}

/** Natively, as it is asked for every part of an image that is written. */
function isErased(bytes: Uint8Array): boolean {
	return (
		bytes.length <= sectorLength &&
		Buffer.compare(bytes, erasedSector.subarray(0, bytes.length)) === 0
	);
}

function wouldSet(present = erased, byte: number): boolean {
	return (present & byte) !== byte;
}

/** How many bytes of an operation are done when power cuts it there: whole words, in order. */
function doneUntil(cut: CutPoint | undefined, length: number): number {
	switch (cut) {
		case "before":
			return 0;
		case "first":
			return Math.min(wordLength, length);
		case "middle":
			return Math.floor(length / (2 * wordLength)) * wordLength;
		case "last":
			return Math.max(0, length - wordLength);
		default:
			return length;
	}
}

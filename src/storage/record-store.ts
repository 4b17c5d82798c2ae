/**
 * One record in two alternating keys, so that no cut of power takes both.
 *
 * A copy is a CRC-32 (4 bytes) of all that follows, a sequence number (4 bytes), both big-endian,
 * and one MessagePack map. The whole copy with the highest sequence is the record. A write goes
 * over the other copy and is read back, so the last good record outlives the birth of the new one.
 *
 * Nothing there is one thing, and something that can't be read is another: over what may still be
 * good nothing is written, but by `replace`.
 */

import { byteAt, equal } from "../encoding/bytes.js";
import { crc32 } from "../encoding/crc32.js";
import type { KeyValueDomain } from "../host.js";
import {
	decodeMap,
	encodeMap,
	isWellFormedMap,
	type MessagePackMap,
} from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";

/** The namespace of all records in flash. */
export const storagePath = "opendms";

export type Fields = { readonly [name: string]: MessagePackMap[string] | undefined };

const headLength = 8;
const sequenceOffset = 4;
/** NVS holds at most 4,000 bytes in one value. */
const copyLengthMaximum = 4000;

/** A whole copy: its head has been checked, and it holds a map. */
interface Copy {
	readonly sequence: number;
	/** The MessagePack map, without the head. */
	readonly body: Uint8Array;
}

/** What a key holds when it isn't a whole copy. */
type Lack =
	| "nothing"
	/** It is read, and is no whole copy: it will never be one again. */
	| "damaged"
	/** The flash doesn't give it: another time it may. */
	| "failing";

export class RecordStore {
	readonly #domain: KeyValueDomain;
	readonly #name: string;
	/** Which copy is the record: 0 or 1. */
	#current = 1;
	#sequence = 0;
	#isDoubtful = false;

	/** `name` has at most 13 characters: the copies are `<name>.a` and `<name>.b`. */
	constructor(domain: KeyValueDomain, name: string) {
		this.#domain = domain;
		this.#name = name;
	}

	/**
	 * A copy could not be read when the record was read last: what was read may be the one before.
	 * Nothing is written until it can be.
	 */
	get isDoubtful(): boolean {
		return this.#isDoubtful;
	}

	/**
	 * The record; an empty one where none was ever written. Throws `StorageFailed` when there is one,
	 * but no copy of it can be read.
	 */
	read(): MessagePackMap {
		const newest = this.#select();
		return newest === undefined ? {} : (decodeMap(newest.body) ?? {});
	}

	/** Makes `fields` the record; one that is so already is not written. Throws `StorageFailed`. */
	write(fields: Fields): void {
		const body = this.#encode(fields);
		const newest = this.#select();
		if (newest !== undefined && equal(newest.body, body)) return;
		if (this.#isDoubtful) throw new DmsError(DmsResult.StorageFailed);
		this.#writeOther(body);
	}

	/** Makes both copies hold the record, so that no older one is left. Throws `StorageFailed`. */
	mirror(): void {
		const newest = this.#select();
		if (newest === undefined || this.#holds(1 - this.#current, newest.body)) return;
		if (this.#isDoubtful) throw new DmsError(DmsResult.StorageFailed);
		this.#writeOther(newest.body);
	}

	/**
	 * Makes `fields` the record in both copies, also over what can't be read: only for who knows that
	 * it will be lost. Throws `StorageFailed`.
	 */
	replace(fields: Fields): void {
		const body = this.#encode(fields);
		try {
			this.#select();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
		}
		this.#isDoubtful = false;
		if (!this.#holds(1 - this.#current, body)) this.#writeOther(body);
		if (!this.#holds(1 - this.#current, body)) this.#writeOther(body);
	}

	/** What this firmware could not read again is never written. */
	#encode(fields: Fields): Uint8Array {
		const body = encodeMap(fields);
		if (headLength + body.length > copyLengthMaximum || !isWellFormedMap(body)) {
			throw new DmsError(DmsResult.OutOfBuffers);
		}
		return body;
	}

	/** Finds which copy is the record. Throws `StorageFailed` as `read` does. */
	#select(): Copy | undefined {
		const first = this.#readCopy(0);
		const second = this.#readCopy(1);
		this.#isDoubtful = first === "failing" || second === "failing";
		const isFirst = isCopy(first);
		const isSecond = isCopy(second) && !(isFirst && isNewer(first, second));
		const newest = isSecond ? second : isFirst ? first : undefined;
		this.#current = newest === undefined || isSecond ? 1 : 0;
		this.#sequence = newest?.sequence ?? 0;
		if (newest === undefined && !(first === "nothing" && second === "nothing")) {
			throw new DmsError(DmsResult.StorageFailed);
		}
		return newest;
	}

	#holds(index: number, body: Uint8Array): boolean {
		const copy = this.#readCopy(index);
		return isCopy(copy) && equal(copy.body, body);
	}

	#writeOther(body: Uint8Array): void {
		const other = 1 - this.#current;
		const copy = encodeCopy(this.#sequence + 1, body);
		try {
			this.#domain.write(this.#keyOf(other), copy);
		} catch {
			throw new DmsError(DmsResult.StorageFailed);
		}
		if (!this.#isKept(other, copy)) throw new DmsError(DmsResult.StorageFailed);
		this.#current = other;
		this.#sequence = (this.#sequence + 1) >>> 0;
	}

	#isKept(index: number, copy: Uint8Array): boolean {
		try {
			const value = this.#domain.read(this.#keyOf(index));
			return value !== undefined && equal(new Uint8Array(value), copy);
		} catch {
			return false;
		}
	}

	#readCopy(index: number): Copy | Lack {
		let value: ArrayBuffer | undefined;
		try {
			value = this.#domain.read(this.#keyOf(index));
		} catch {
			return "failing";
		}
		if (value === undefined) return "nothing";
		const bytes = new Uint8Array(value);
		if (bytes.length <= headLength) return "damaged";
		if (readUint32(bytes, 0) !== crc32(bytes, sequenceOffset)) return "damaged";
		const body = bytes.subarray(headLength);
		if (!isWellFormedMap(body)) return "damaged";
		return { sequence: readUint32(bytes, sequenceOffset), body };
	}

	#keyOf(index: number): string {
		return this.#name + (index === 0 ? ".a" : ".b");
	}
}

function isCopy(found: Copy | Lack): found is Copy {
	return typeof found !== "string";
}

/** Sequence numbers go on from 0 behind the last of 32 bits, so none is too high to be followed. */
function isNewer(copy: Copy, other: Copy): boolean {
	return ((copy.sequence - other.sequence) | 0) > 0;
}

function encodeCopy(sequence: number, body: Uint8Array): Uint8Array {
	const copy = new Uint8Array(headLength + body.length);
	copy.set(body, headLength);
	writeUint32(copy, sequenceOffset, sequence);
	writeUint32(copy, 0, crc32(copy, sequenceOffset));
	return copy;
}

function readUint32(bytes: Uint8Array, offset: number): number {
	let value = 0;
	for (let index = 0; index < 4; index++) value = value * 256 + byteAt(bytes, offset + index);
	return value;
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
	for (let index = 3; index >= 0; index--) {
		bytes[offset + index] = value & 0xff;
		value >>>= 8;
	}
}

/**
 * One record in two alternating keys, so that no cut of power takes both.
 *
 * A copy is a CRC-32 (4 bytes) of all that follows, a sequence number (4 bytes), both big-endian,
 * and one MessagePack map. The whole copy with the highest sequence is the record. A write goes
 * over the other copy and is read back, so the last good record outlives the birth of the new one.
 */

import { byteAt, equal } from "../encoding/bytes.js";
import { crc32 } from "../encoding/crc32.js";
import type { KeyValueDomain } from "../host.js";
import { decodeMap, encodeMap, type MessagePackMap } from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";

/** The namespace of all records in flash. */
export const storagePath = "opendms";

export type Fields = { readonly [name: string]: MessagePackMap[string] | undefined };

const headLength = 8;
const sequenceOffset = 4;
/** NVS holds at most 4,000 bytes in one value. */
const copyLengthMaximum = 4000;

/** A whole copy: its head has been checked. */
interface Copy {
	readonly sequence: number;
	/** The MessagePack map, without the head. */
	readonly body: Uint8Array;
}

export class RecordStore {
	readonly #domain: KeyValueDomain;
	readonly #name: string;
	/** Which copy is the record: 0 or 1. */
	#current = 1;
	#sequence = 0;

	/** `name` has at most 13 characters: the copies are `<name>.a` and `<name>.b`. */
	constructor(domain: KeyValueDomain, name: string) {
		this.#domain = domain;
		this.#name = name;
	}

	/** The record, or an empty one when no copy is whole. */
	read(): MessagePackMap {
		const first = this.#readCopy(0);
		const second = this.#readCopy(1);
		const isSecond = second !== undefined && (first === undefined || isNewer(second, first));
		const newest = isSecond ? second : first;
		this.#current = newest === undefined || isSecond ? 1 : 0;
		this.#sequence = newest?.sequence ?? 0;
		return (newest && decodeMap(newest.body)) ?? {};
	}

	/** Makes `fields` the record; one that is so already is not written. Throws `StorageFailed`. */
	write(fields: Fields): void {
		const body = encodeMap(fields);
		if (!this.#holds(this.#current, body)) this.#writeOther(body);
	}

	/** Makes both copies hold the record, so that no older one is left. Throws `StorageFailed`. */
	mirror(): void {
		const body = this.#readCopy(this.#current)?.body;
		if (body !== undefined && !this.#holds(1 - this.#current, body)) this.#writeOther(body);
	}

	#holds(index: number, body: Uint8Array): boolean {
		const copy = this.#readCopy(index);
		return copy !== undefined && equal(copy.body, body);
	}

	#writeOther(body: Uint8Array): void {
		const other = 1 - this.#current;
		const copy = encodeCopy(this.#sequence + 1, body);
		if (copy.length > copyLengthMaximum) throw new DmsError(DmsResult.OutOfBuffers);
		try {
			this.#domain.write(this.#keyOf(other), copy);
		} catch {
			throw new DmsError(DmsResult.StorageFailed);
		}
		const written = this.#readBytes(other);
		if (written === undefined || !equal(written, copy)) {
			throw new DmsError(DmsResult.StorageFailed);
		}
		this.#current = other;
		this.#sequence = (this.#sequence + 1) >>> 0;
	}

	#readCopy(index: number): Copy | undefined {
		const bytes = this.#readBytes(index);
		if (bytes === undefined || bytes.length <= headLength) return undefined;
		if (readUint32(bytes, 0) !== crc32(bytes, sequenceOffset)) return undefined;
		return { sequence: readUint32(bytes, sequenceOffset), body: bytes.subarray(headLength) };
	}

	/** A key that can't be read is as good as none: the other copy is there for that. */
	#readBytes(index: number): Uint8Array | undefined {
		try {
			const value = this.#domain.read(this.#keyOf(index));
			return value === undefined ? undefined : new Uint8Array(value);
		} catch {
			return undefined;
		}
	}

	#keyOf(index: number): string {
		return this.#name + (index === 0 ? ".a" : ".b");
	}
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

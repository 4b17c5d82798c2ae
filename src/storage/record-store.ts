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

import { equal } from "../encoding/bytes.js";
import { crc32 } from "../encoding/crc32.js";
import type { KeyValueDomain } from "../host.js";
import {
	decodeMap,
	encodeMap,
	isWellFormedMap,
	type MessagePackMap,
} from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";

export type Fields = { readonly [name: string]: MessagePackMap[string] | undefined };

/** What keeps the copies. */
export type Copies = Pick<KeyValueDomain, "read" | "write">;

const headLength = 8;
const sequenceOffset = 4;
/** NVS holds at most 4,000 bytes in one value. */
const copyLengthMaximum = 4000;

/** What a key holds when it isn't a whole copy. */
type Lack =
	| "nothing"
	/** It is read, and is no whole copy: it will never be one again. */
	| "damaged"
	/** The flash doesn't give it: another time it may. */
	| "failing";

export class RecordStore {
	private readonly domain: Copies;
	private readonly name: string;
	/** Which copy is the record: 0 or 1. */
	private current = 1;
	private sequence = 0;
	/**
	 * A copy could not be read when the record was read last: what was read may be the one before.
	 * Nothing is written until it can be.
	 */
	isDoubtful = false;

	/** `name` has at most 13 characters: the copies are `<name>.a` and `<name>.b`. */
	constructor(domain: Copies, name: string) {
		this.domain = domain;
		this.name = name;
	}

	/**
	 * The record; an empty one where none was ever written. Throws `StorageFailed` when there is one,
	 * but no copy of it can be read.
	 */
	read(): MessagePackMap {
		if (!this.select()) return {};
		const copy = this.readCopy(this.current);
		if (typeof copy === "string") throw new DmsError(DmsResult.StorageFailed);
		return decodeMap(copy.subarray(headLength)) ?? {};
	}

	/** Makes `fields` the record; one that is so already is not written. Throws `StorageFailed`. */
	write(fields: Fields): void {
		const copy = encodeCopy(fields);
		// Where there is nothing there is an empty map.
		const isSame = this.select() ? this.holds(this.current, copy) : copy.length === headLength + 1;
		if (isSame) return;
		if (this.isDoubtful) throw new DmsError(DmsResult.StorageFailed);
		this.writeOther(copy);
	}

	/**
	 * Makes `fields` the record in both copies: no older one is left, nor comes back where the newer
	 * was damaged in between. Throws `StorageFailed`.
	 */
	mirror(fields: Fields): void {
		const copy = encodeCopy(fields);
		this.select();
		if (this.isDoubtful) throw new DmsError(DmsResult.StorageFailed);
		this.writeBoth(copy);
	}

	/** As `mirror`, also over what can't be read: only for who knows that it will be lost. */
	replace(fields: Fields): void {
		const copy = encodeCopy(fields);
		try {
			this.select();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
		}
		this.isDoubtful = false;
		this.writeBoth(copy);
	}

	private writeBoth(copy: Uint8Array): void {
		if (!this.holds(this.current, copy)) this.writeOther(copy);
		if (!this.holds(1 - this.current, copy)) this.writeOther(copy);
	}

	/**
	 * Finds which copy is the record, if there is any. Throws `StorageFailed` as `read` does. The
	 * copies are not kept: together they would be what takes most memory in provisioning.
	 */
	private select(): boolean {
		const first = this.sequenceOf(0);
		const second = this.sequenceOf(1);
		this.isDoubtful = first === "failing" || second === "failing";
		const isFirst = typeof first === "number";
		const isSecond = typeof second === "number" && !(isFirst && isNewer(first, second));
		this.current = isFirst && !isSecond ? 0 : 1;
		this.sequence = isSecond ? second : isFirst ? first : 0;
		const isAny = isFirst || isSecond;
		if (!isAny && !(first === "nothing" && second === "nothing")) {
			throw new DmsError(DmsResult.StorageFailed);
		}
		return isAny;
	}

	/** Whether the copy is one of the same map, whatever its head. */
	private holds(index: number, copy: Uint8Array): boolean {
		const present = this.readCopy(index);
		return (
			typeof present !== "string" && equal(present.subarray(headLength), copy.subarray(headLength))
		);
	}

	private sequenceOf(index: number): number | Lack {
		const copy = this.readCopy(index);
		return typeof copy === "string" ? copy : new DataView(copy.buffer).getUint32(sequenceOffset);
	}

	/** Writes the copy with the head that makes it the newest. */
	private writeOther(copy: Uint8Array): void {
		const other = 1 - this.current;
		const head = new DataView(copy.buffer);
		head.setUint32(sequenceOffset, this.sequence + 1);
		head.setUint32(0, crc32(copy, sequenceOffset));
		try {
			this.domain.write(this.keyOf(other), copy);
		} catch {
			throw new DmsError(DmsResult.StorageFailed);
		}
		const kept = this.readCopy(other);
		if (typeof kept === "string" || !equal(kept, copy)) throw new DmsError(DmsResult.StorageFailed);
		this.current = other;
		this.sequence = (this.sequence + 1) >>> 0;
	}

	/** A whole copy: its head has been checked, and it holds a map. */
	private readCopy(index: number): Uint8Array | Lack {
		let value: ArrayBuffer | undefined;
		try {
			value = this.domain.read(this.keyOf(index));
		} catch {
			return "failing";
		}
		if (value === undefined) return "nothing";
		const bytes = new Uint8Array(value);
		if (bytes.length <= headLength) return "damaged";
		if (new DataView(value).getUint32(0) !== crc32(bytes, sequenceOffset)) return "damaged";
		return isWellFormedMap(bytes.subarray(headLength)) ? bytes : "damaged";
	}

	private keyOf(index: number): string {
		return this.name + (index === 0 ? ".a" : ".b");
	}
}

/** Sequence numbers go on from 0 behind the last of 32 bits, so none is too high to be followed. */
function isNewer(sequence: number, other: number): boolean {
	return ((sequence - other) | 0) > 0;
}

/** A copy whose head is still to be written. What could not be read again is never written. */
function encodeCopy(fields: Fields): Uint8Array {
	const body = encodeMap(fields);
	if (headLength + body.length > copyLengthMaximum || !isWellFormedMap(body)) {
		throw new DmsError(DmsResult.OutOfBuffers);
	}
	const copy = new Uint8Array(headLength + body.length);
	copy.set(body, headLength);
	return copy;
}

/**
 * Just enough DER (ITU-T X.690) to read a certificate: elements with definite lengths, one after
 * the other, in place. A reader is a window on bytes; nothing is copied and no tree is built.
 */

import { byteAt } from "./bytes.js";

export const Tag = Object.freeze({
	Boolean: 0x01,
	Integer: 0x02,
	BitString: 0x03,
	OctetString: 0x04,
	ObjectIdentifier: 0x06,
	Utf8String: 0x0c,
	PrintableString: 0x13,
	UtcTime: 0x17,
	GeneralizedTime: 0x18,
	Sequence: 0x30,
	Set: 0x31,
	/** Context-specific and constructed, number 0 and 3: a certificate's version and extensions. */
	Context0: 0xa0,
	Context3: 0xa3,
} as const);

/** A length of more bytes than this is not read: nothing of ours has 64 KiB. */
const lengthBytesMaximum = 2;

/** Bytes that are not the DER they should be. */
export class DerError extends Error {}

export class DerReader {
	private readonly bytes: Uint8Array;
	private offset: number;
	private readonly end: number;

	constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
		this.bytes = bytes;
		this.offset = offset;
		this.end = end;
	}

	get isAtEnd(): boolean {
		return this.offset >= this.end;
	}

	/** The next element's tag, or 0 at the end. */
	get tag(): number {
		return this.isAtEnd ? 0 : byteAt(this.bytes, this.offset);
	}

	/** Steps over the next element, which must have this tag; returns a reader of its content. */
	enter(tag: number): DerReader {
		const start = this.contentStart(tag);
		this.offset = start + this.length;
		return new DerReader(this.bytes, start, this.offset);
	}

	/** Steps over the next element; returns its tag, length and content. */
	whole(tag = this.tag): Uint8Array {
		const first = this.offset;
		this.offset = this.contentStart(tag) + this.length;
		return this.bytes.subarray(first, this.offset);
	}

	/** Steps over the next element; returns its content. */
	content(tag = this.tag): Uint8Array {
		const start = this.contentStart(tag);
		this.offset = start + this.length;
		return this.bytes.subarray(start, this.offset);
	}

	/** What is left, to its end. */
	rest(): Uint8Array {
		return this.bytes.subarray(this.offset, this.end);
	}

	/** Of the element that `#contentStart` has just read. */
	private length = 0;

	private contentStart(tag: number): number {
		if (this.offset + 2 > this.end || this.tag !== tag || (tag & 0x1f) === 0x1f) {
			throw new DerError("no such element");
		}
		let start = this.offset + 2;
		let length = byteAt(this.bytes, this.offset + 1);
		if (length >= 0x80) {
			const count = length & 0x7f;
			const isReadable = count > 0 && count <= lengthBytesMaximum && start + count <= this.end;
			if (!isReadable) throw new DerError("no such length");
			length = 0;
			for (let index = 0; index < count; index++) {
				length = length * 256 + byteAt(this.bytes, start + index);
			}
			if (length < 0x80 || (count > 1 && length <= 0xff)) throw new DerError("a padded length");
			start += count;
		}
		if (start + length > this.end) throw new DerError("an element cut off");
		this.length = length;
		return start;
	}
}

/** The line that is being typed: UTF-8 in a buffer of fixed size, and a cursor in it. */

import { byteAt } from "../encoding/bytes.js";
import { isUtf8, utf8Decode } from "../encoding/utf8.js";

/** The longest line of ours: `set dms.provision.token` with a token of the longest address. */
export const lineLengthMaximum = 256;

const space = 0x20;

/** Why what was typed can't be done. */
export type LineProblem = "torn" | "too long" | "not UTF-8";

/** Offsets count bytes. */
export class Line {
	/** Bytes of the line, or before it, were lost on their way. */
	isTorn = false;
	#isTooLong = false;
	readonly #bytes = new Uint8Array(lineLengthMaximum);
	#length = 0;
	#cursor = 0;

	get length(): number {
		return this.#length;
	}

	get cursor(): number {
		return this.#cursor;
	}

	/** Nothing has been typed. */
	get isEmpty(): boolean {
		return this.#length === 0 && !this.#isTooLong && !this.isTorn;
	}

	get problem(): LineProblem | undefined {
		if (this.isTorn) return "torn";
		if (this.#isTooLong) return "too long";
		return isUtf8(this.bytes) ? undefined : "not UTF-8";
	}

	get isAtEnd(): boolean {
		return this.#cursor === this.#length;
	}

	/** A view of what has been typed, good until the next change. */
	get bytes(): Uint8Array {
		return this.#bytes.subarray(0, this.#length);
	}

	textOf(start: number, end: number): string {
		return utf8Decode(this.#bytes, start, end);
	}

	/** Where the character of that index begins. */
	offsetOf(index: number): number {
		let offset = 0;
		for (; offset < this.#length; offset++) {
			if (!this.#isWithinCharacter(offset) && index-- === 0) break;
		}
		return offset;
	}

	/** Puts a byte in before the cursor; `false` when there is no room for it. */
	insert(byte: number): boolean {
		if (this.#length === lineLengthMaximum) {
			this.#isTooLong = true;
			return false;
		}
		this.#bytes.copyWithin(this.#cursor + 1, this.#cursor, this.#length++);
		this.#bytes[this.#cursor++] = byte;
		return true;
	}

	/** Takes out what is between the two offsets; the cursor is where it was. */
	erase(start: number, end: number): void {
		this.#bytes.copyWithin(start, end, this.#length);
		this.#length -= end - start;
		this.#isTooLong = false;
		this.#cursor = start;
	}

	/** Begins anew. */
	clear(): void {
		this.#length = 0;
		this.#cursor = 0;
		this.#isTooLong = false;
		this.isTorn = false;
	}

	/** Makes this the line; bytes that there is no room for are left away. */
	replace(bytes: Uint8Array): void {
		this.#length = Math.min(bytes.length, lineLengthMaximum);
		this.#bytes.set(bytes.subarray(0, this.#length));
		this.#cursor = this.#length;
	}

	moveTo(offset: number): void {
		this.#cursor = offset;
	}

	/** Where the character before the cursor begins. */
	get left(): number {
		let offset = this.#cursor;
		while (offset > 0 && this.#isWithinCharacter(--offset));
		return offset;
	}

	/** Where the character at the cursor ends. */
	get right(): number {
		let offset = this.#cursor;
		while (offset < this.#length && this.#isWithinCharacter(++offset));
		return offset;
	}

	/** Where the word begins that ends before the cursor. */
	get wordLeft(): number {
		let offset = this.#cursor;
		while (offset > 0 && this.#isSpace(offset - 1)) offset--;
		while (offset > 0 && !this.#isSpace(offset - 1)) offset--;
		return offset;
	}

	/** Where the word ends that begins behind the cursor. */
	get wordRight(): number {
		let offset = this.#cursor;
		while (offset < this.#length && this.#isSpace(offset)) offset++;
		while (offset < this.#length && !this.#isSpace(offset)) offset++;
		return offset;
	}

	#isSpace(offset: number): boolean {
		return byteAt(this.#bytes, offset) === space;
	}

	/** Whether a byte goes on with a character that has begun before it. */
	#isWithinCharacter(offset: number): boolean {
		return offset < this.#length && (byteAt(this.#bytes, offset) & 0xc0) === 0x80;
	}
}

/** The line that is being typed: UTF-8 in a buffer of fixed size, and a cursor in it. */

import { space } from "../encoding/ascii.js";
import { byteAt, equal } from "../encoding/bytes.js";
import { isUtf8, utf8Decode } from "../encoding/utf8.js";

/** The longest line of ours: `set dms.provision.token` with a token of the longest address. */
export const lineLengthMaximum = 256;

const leadOfC1 = 0xc2;
const endOfC1 = 0xa0;

/** Why what was typed can't be done. */
export type LineProblem = "torn" | "control character" | "too long" | "not UTF-8";

/** Offsets count bytes. */
export class Line {
	/** What came makes the whole line void, whatever is erased of it. */
	private flaw: LineProblem | undefined;
	isTooLong = false;
	/** Only while something is typed: most of the time, and while a command runs, nothing is. */
	private buffer: Uint8Array | undefined;
	private byteCount = 0;
	private cursorOffset = 0;

	get length(): number {
		return this.byteCount;
	}

	get cursor(): number {
		return this.cursorOffset;
	}

	/** Nothing has been typed. */
	get isEmpty(): boolean {
		return this.byteCount === 0 && !this.isTooLong && this.flaw === undefined;
	}

	get problem(): LineProblem | undefined {
		if (this.flaw !== undefined) return this.flaw;
		if (this.isTooLong) return "too long";
		return isUtf8(this.bytes) ? undefined : "not UTF-8";
	}

	get isAtEnd(): boolean {
		return this.cursorOffset === this.byteCount;
	}

	/** A view of what has been typed, good until the next change. */
	get bytes(): Uint8Array {
		return this.byteCount === 0 ? new Uint8Array(0) : this.room.subarray(0, this.byteCount);
	}

	textOf(start: number, end: number): string {
		return start === end ? "" : utf8Decode(this.room, start, end);
	}

	private get room(): Uint8Array {
		return (this.buffer ??= new Uint8Array(lineLengthMaximum));
	}

	/** Where the character of that index begins. */
	offsetOf(index: number): number {
		let offset = 0;
		for (; offset < this.byteCount; offset++) {
			if (!this.isWithinCharacter(offset) && index-- === 0) break;
		}
		return offset;
	}

	/** Puts a byte in before the cursor; `false` when there is no room for it. */
	insert(byte: number): boolean {
		if (this.byteCount === lineLengthMaximum) {
			this.isTooLong = true;
			return false;
		}
		this.room.copyWithin(this.cursorOffset + 1, this.cursorOffset, this.byteCount++);
		this.room[this.cursorOffset++] = byte;
		return true;
	}

	/** Whatever the line becomes, it is not to be done. The first reason stays. */
	spoil(flaw: LineProblem): void {
		this.flaw ??= flaw;
	}

	/** Whether these bytes stand right before the cursor. */
	endsWith(bytes: Uint8Array): boolean {
		const start = this.cursorOffset - bytes.length;
		return start >= 0 && equal(this.room.subarray(start, this.cursorOffset), bytes);
	}

	/** Whether a control character of C1 is in it: U+0080 to U+009F, two bytes in UTF-8. */
	get hasControls(): boolean {
		for (let offset = 0; offset < this.byteCount; offset++) {
			const isLead = byteAt(this.room, offset) === leadOfC1;
			if (isLead && byteAt(this.room, offset + 1) < endOfC1) return true;
		}
		return false;
	}

	/** Takes out what is between the two offsets; the cursor is where it was. */
	erase(start: number, end: number): void {
		this.room.copyWithin(start, end, this.byteCount);
		this.byteCount -= end - start;
		this.isTooLong = false;
		this.cursorOffset = start;
	}

	/** Begins anew. */
	clear(): void {
		this.buffer = undefined;
		this.byteCount = 0;
		this.cursorOffset = 0;
		this.isTooLong = false;
		this.flaw = undefined;
	}

	/** Makes this the line; bytes that there is no room for are left away. */
	replace(bytes: Uint8Array): void {
		this.byteCount = Math.min(bytes.length, lineLengthMaximum);
		this.room.set(bytes.subarray(0, this.byteCount));
		this.cursorOffset = this.byteCount;
	}

	moveTo(offset: number): void {
		this.cursorOffset = offset;
	}

	/** Where the character before the cursor begins. */
	get left(): number {
		let offset = this.cursorOffset;
		while (offset > 0 && this.isWithinCharacter(--offset));
		return offset;
	}

	/** Where the character at the cursor ends. */
	get right(): number {
		let offset = this.cursorOffset;
		while (offset < this.byteCount && this.isWithinCharacter(++offset));
		return offset;
	}

	/** Where the word begins that ends before the cursor. */
	get wordLeft(): number {
		let offset = this.cursorOffset;
		while (offset > 0 && this.isSpace(offset - 1)) offset--;
		while (offset > 0 && !this.isSpace(offset - 1)) offset--;
		return offset;
	}

	/** Where the word ends that begins behind the cursor. */
	get wordRight(): number {
		let offset = this.cursorOffset;
		while (offset < this.byteCount && this.isSpace(offset)) offset++;
		while (offset < this.byteCount && !this.isSpace(offset)) offset++;
		return offset;
	}

	private isSpace(offset: number): boolean {
		return byteAt(this.room, offset) === space;
	}

	/** Whether a byte goes on with a character that has begun before it. */
	private isWithinCharacter(offset: number): boolean {
		return offset < this.byteCount && (byteAt(this.room, offset) & 0xc0) === 0x80;
	}
}

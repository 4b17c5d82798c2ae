/** A line with a cursor in it. */

import { space } from "../encoding/ascii.js";
import { byteAt, equal } from "../encoding/bytes.js";
import { Line, lineLengthMaximum } from "./line.js";

export class EditedLine extends Line {
	private cursorOffset: number;

	constructor() {
		super();
		this.cursorOffset = 0;
	}

	get cursor(): number {
		return this.cursorOffset;
	}

	get isAtEnd(): boolean {
		return this.cursorOffset === this.length;
	}

	/** Where the character of that index begins. */
	offsetOf(index: number): number {
		let offset = 0;
		for (; offset < this.length; offset++) {
			if (!this.isWithinCharacter(offset) && index-- === 0) break;
		}
		return offset;
	}

	/** Puts a byte in before the cursor; `false` when there is no room for it. */
	override insert(byte: number): boolean {
		if (!super.insert(byte)) return false;
		this.room.copyWithin(this.cursorOffset + 1, this.cursorOffset, this.length - 1);
		this.room[this.cursorOffset++] = byte;
		return true;
	}

	/** Whether these bytes stand right before the cursor. */
	endsWith(bytes: Uint8Array): boolean {
		const start = this.cursorOffset - bytes.length;
		return start >= 0 && equal(this.room.subarray(start, this.cursorOffset), bytes);
	}

	/** Takes out what is between the two offsets; the cursor is where it was. */
	erase(start: number, end: number): void {
		this.room.copyWithin(start, end, this.length);
		this.length -= end - start;
		this.isTooLong = false;
		this.cursorOffset = start;
	}

	override clear(): void {
		super.clear();
		this.cursorOffset = 0;
	}

	/** Makes this the line; bytes that there is no room for are left away. */
	replace(bytes: Uint8Array): void {
		this.length = Math.min(bytes.length, lineLengthMaximum);
		this.room.set(bytes.subarray(0, this.length));
		this.cursorOffset = this.length;
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
		while (offset < this.length && this.isWithinCharacter(++offset));
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
		while (offset < this.length && this.isSpace(offset)) offset++;
		while (offset < this.length && !this.isSpace(offset)) offset++;
		return offset;
	}

	private isSpace(offset: number): boolean {
		return byteAt(this.room, offset) === space;
	}

	/** Whether a byte goes on with a character that has begun before it. */
	private isWithinCharacter(offset: number): boolean {
		return offset < this.length && (byteAt(this.room, offset) & 0xc0) === 0x80;
	}
}

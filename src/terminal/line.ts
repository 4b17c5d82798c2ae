/** The line that is being typed: UTF-8 in a buffer of fixed size. */

import { byteAt } from "../encoding/bytes.js";
import { isUtf8, utf8Decode } from "../encoding/utf8.js";

/** The longest line of ours: `set dms.provision.token` with a token of the longest address. */
export const lineLengthMaximum = 256;

const leadOfC1 = 0xc2;
const firstOfC1 = 0x80;
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
	length = 0;

	/** Nothing has been typed. */
	get isEmpty(): boolean {
		return this.length === 0 && !this.isTooLong && this.flaw === undefined;
	}

	get problem(): LineProblem | undefined {
		if (this.flaw !== undefined) return this.flaw;
		if (this.isTooLong) return "too long";
		return isUtf8(this.bytes) ? undefined : "not UTF-8";
	}

	/** A view of what has been typed, good until the next change. */
	get bytes(): Uint8Array {
		return this.length === 0 ? new Uint8Array(0) : this.room.subarray(0, this.length);
	}

	textOf(start: number, end: number): string {
		return start === end ? "" : utf8Decode(this.room, start, end);
	}

	protected get room(): Uint8Array {
		return (this.buffer ??= new Uint8Array(lineLengthMaximum));
	}

	/** Puts a byte in at the end; `false` when there is no room for it. */
	insert(byte: number): boolean {
		if (this.length === lineLengthMaximum) {
			this.isTooLong = true;
			return false;
		}
		this.room[this.length++] = byte;
		return true;
	}

	/** Whatever the line becomes, it is not to be done. The first reason stays. */
	spoil(flaw: LineProblem): void {
		this.flaw ??= flaw;
	}

	/** Whether a control character of C1 is in it: U+0080 to U+009F, two bytes in UTF-8. */
	get hasControls(): boolean {
		for (let offset = 0; offset < this.length; offset++) {
			const isLead = byteAt(this.room, offset) === leadOfC1;
			const follower = isLead ? byteAt(this.room, offset + 1) : endOfC1;
			if (follower >= firstOfC1 && follower < endOfC1) return true;
		}
		return false;
	}

	/** Begins anew. */
	clear(): void {
		this.buffer = undefined;
		this.length = 0;
		this.isTooLong = false;
		this.flaw = undefined;
	}
}

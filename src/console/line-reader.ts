/** Bytes of a terminal in, lines out: bounded, echoed, with backspace. */

import { byteAt } from "../encoding/bytes.js";
import { isUtf8, utf8Decode } from "../encoding/utf8.js";

/** The longest line of ours: `set dms.provision.token` with a token of the longest address. */
export const lineLengthMaximum = 256;

const backspace = 0x08;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const deleteCharacter = 0x7f;
const bell = "\x07";

export type LineProblem = "too long" | "not UTF-8";

/** Where a reader echoes to. */
export interface Echo {
	write(text: string | Uint8Array): void;
}

export class LineReader {
	isEchoing = true;
	readonly #echo: Echo;
	readonly #line = new Uint8Array(lineLengthMaximum);
	#length = 0;
	#isTooLong = false;
	#hasLine = false;
	/** A carriage return was the last byte: a line feed right after it belongs to it. */
	#isAfterReturn = false;

	constructor(echo: Echo) {
		this.#echo = echo;
	}

	/** What has been typed of the line so far. */
	get text(): string {
		return utf8Decode(this.#line, 0, this.#length);
	}

	/** A line is whole and waits to be taken. */
	get hasLine(): boolean {
		return this.#hasLine;
	}

	/** Takes bytes up to the end of a line, if there is one; returns how many it took. */
	take(bytes: Uint8Array): number {
		let offset = 0;
		while (offset < bytes.length && !this.#hasLine) {
			const length = this.#takeText(bytes, offset);
			offset += length;
			if (length === 0) this.#takeControl(byteAt(bytes, offset++));
		}
		return offset;
	}

	/** Takes what goes into the line as it is, and echoes it at once; returns how much it took. */
	#takeText(bytes: Uint8Array, offset: number): number {
		const room = lineLengthMaximum - this.#length;
		let end = offset;
		while (end < bytes.length && end - offset < room && isText(byteAt(bytes, end))) end++;
		if (end === offset) return 0;
		const text = bytes.subarray(offset, end);
		this.#line.set(text, this.#length);
		this.#length += text.length;
		this.#isAfterReturn = false;
		this.#show(text);
		return text.length;
	}

	/** Takes a byte that ends the line, changes it, or doesn't fit in. */
	#takeControl(byte: number): void {
		const isSecondOfPair = byte === lineFeed && this.#isAfterReturn;
		this.#isAfterReturn = byte === carriageReturn;
		if (isSecondOfPair) return;
		if (byte === carriageReturn || byte === lineFeed) {
			this.#hasLine = true;
			this.#show("\r\n");
		} else if (byte === backspace || byte === deleteCharacter) {
			this.#deleteLast();
		} else if (isText(byte)) {
			this.#isTooLong = true;
			this.#show(bell);
		}
	}

	/** The line that is whole; the reader begins a new one. */
	takeLine(): { readonly line: string; readonly problem?: LineProblem } {
		const { text } = this;
		const isValid = isUtf8(this.#line, 0, this.#length);
		const isTooLong = this.#isTooLong;
		this.#length = 0;
		this.#isTooLong = false;
		this.#hasLine = false;
		if (isTooLong) return { line: "", problem: "too long" };
		return isValid ? { line: text } : { line: "", problem: "not UTF-8" };
	}

	#show(text: string | Uint8Array): void {
		if (this.isEchoing) this.#echo.write(text);
	}

	/** Removes the last character: all bytes of it. */
	#deleteLast(): void {
		if (this.#length === 0) return;
		do this.#length--;
		while (this.#length > 0 && (byteAt(this.#line, this.#length) & 0xc0) === 0x80);
		this.#isTooLong = false;
		this.#show("\b \b");
	}
}

/** Neither a control character nor what some terminals send for a backspace. */
function isText(byte: number): boolean {
	return byte >= space && byte !== deleteCharacter;
}

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
			const byte = byteAt(bytes, offset++);
			const isSecondOfPair = byte === lineFeed && this.#isAfterReturn;
			this.#isAfterReturn = byte === carriageReturn;
			if (isSecondOfPair) continue;
			if (byte === carriageReturn || byte === lineFeed) {
				this.#hasLine = true;
				this.#show("\r\n");
			} else {
				this.#takeByte(byte);
			}
		}
		return offset;
	}

	/** The line that is whole; the reader begins a new one. */
	takeLine(): { readonly line: string; readonly problem?: LineProblem } {
		const { text } = this;
		const isText = isUtf8(this.#line, 0, this.#length);
		const isTooLong = this.#isTooLong;
		this.#length = 0;
		this.#isTooLong = false;
		this.#hasLine = false;
		if (isTooLong) return { line: "", problem: "too long" };
		return isText ? { line: text } : { line: "", problem: "not UTF-8" };
	}

	#takeByte(byte: number): void {
		if (byte === backspace || byte === deleteCharacter) {
			this.#deleteLast();
		} else if (byte >= space) {
			if (this.#length < lineLengthMaximum) {
				this.#line[this.#length++] = byte;
				this.#show(Uint8Array.of(byte));
			} else {
				this.#isTooLong = true;
				this.#show(bell);
			}
		}
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

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

export class LineReader {
	readonly #echo: (bytes: Uint8Array | string) => void;
	readonly #line = new Uint8Array(lineLengthMaximum);
	#length = 0;
	#isTooLong = false;
	/** A carriage return was the last byte: a line feed right after it belongs to it. */
	#isAfterReturn = false;

	constructor(echo: (bytes: Uint8Array | string) => void) {
		this.#echo = echo;
	}

	/** What has been typed of the line so far. */
	get text(): string {
		return utf8Decode(this.#line, 0, this.#length);
	}

	/**
	 * Takes bytes from `offset` up to the end of a line, if there is one. Returns the offset behind
	 * what it took; `onLine` is called when the line is whole.
	 */
	take(
		bytes: Uint8Array,
		offset: number,
		onLine: (line: string, problem?: LineProblem) => void,
	): number {
		while (offset < bytes.length) {
			const byte = byteAt(bytes, offset++);
			const isSecondOfPair = byte === lineFeed && this.#isAfterReturn;
			this.#isAfterReturn = byte === carriageReturn;
			if (isSecondOfPair) continue;
			if (byte === carriageReturn || byte === lineFeed) {
				this.#endLine(onLine);
				break;
			}
			this.#takeByte(byte);
		}
		return offset;
	}

	#takeByte(byte: number): void {
		if (byte === backspace || byte === deleteCharacter) {
			this.#deleteLast();
		} else if (byte >= space) {
			if (this.#length < lineLengthMaximum) {
				this.#line[this.#length++] = byte;
				this.#echo(Uint8Array.of(byte));
			} else {
				this.#isTooLong = true;
				this.#echo(bell);
			}
		}
	}

	/** Removes the last character: all bytes of it. */
	#deleteLast(): void {
		if (this.#length === 0) return;
		do this.#length--;
		while (this.#length > 0 && (byteAt(this.#line, this.#length) & 0xc0) === 0x80);
		this.#isTooLong = false;
		this.#echo("\b \b");
	}

	#endLine(onLine: (line: string, problem?: LineProblem) => void): void {
		const length = this.#length;
		const isTooLong = this.#isTooLong;
		this.#length = 0;
		this.#isTooLong = false;
		this.#echo("\r\n");
		if (isTooLong) onLine("", "too long");
		else if (!isUtf8(this.#line, 0, length)) onLine("", "not UTF-8");
		else onLine(utf8Decode(this.#line, 0, length));
	}
}

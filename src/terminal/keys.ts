/** The keys of a terminal, out of the bytes it sends for them. */

import { bell, deleteCharacter, escape, space } from "../encoding/ascii.js";

/** What a byte means: a part of the text, a key that is whole now, or nothing yet. */
export type Key =
	| "text"
	| "none"
	| "left"
	| "right"
	| "word left"
	| "word right"
	| "home"
	| "end"
	| "older"
	| "newer"
	| "erase left"
	| "erase right"
	| "erase word left"
	| "erase word right"
	| "erase to start"
	| "erase to end"
	| "complete"
	| "cancel"
	| "clear screen"
	| "position";

const digitZero = 0x30;
const digitNine = 0x39;
const semicolon = 0x3b;
/** Final bytes of a control sequence (ECMA-48) begin here. */
const finalFirst = 0x40;
/** `[` and `O`, which introduce sequences. */
const controlSequence = 0x5b;
const singleShift = 0x4f;
/** P, X, ], ^ and _ introduce strings (DCS, SOS, OSC, PM, APC) up to `ESC \` or a bell. */
const stringStarts: readonly number[] = Object.freeze([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
/** A wider terminal than this there is none: a report that says so is noise. */
const parameterMaximum = 9999;
/** Of the second parameter: Alt, Ctrl, and others with them. */
const modified = 3;

/** Emacs' keys, as every shell has them. */
const controls = Object.freeze<{ readonly [byte: number]: Key }>({
	0x01: "home",
	0x02: "left",
	0x03: "cancel",
	0x04: "erase right",
	0x05: "end",
	0x06: "right",
	0x08: "erase left",
	0x09: "complete",
	0x0b: "erase to end",
	0x0c: "clear screen",
	0x0e: "newer",
	0x10: "older",
	0x15: "erase to start",
	0x17: "erase word left",
	0x7f: "erase left",
});

/*
 * Tables are by bytes, not by letters: XS keeps each name of a property that it is asked for.
 */

const letterC = 0x43;
const letterD = 0x44;
const tilde = 0x7e;

/** By the letter that ends `ESC [` or `ESC O`: A, B, C, D, F, H, R. */
const cursorKeys = Object.freeze<{ readonly [letter: number]: Key }>({
	0x41: "older",
	0x42: "newer",
	[letterC]: "right",
	[letterD]: "left",
	0x46: "end",
	0x48: "home",
	0x52: "position",
});

/** By the number in `ESC [ number ~`. */
const numberedKeys = Object.freeze<{ readonly [number: number]: Key }>({
	1: "home",
	3: "erase right",
	4: "end",
	7: "home",
	8: "end",
});

/** By what follows the escape character: Alt and b, d, f, delete or backspace. */
const alternates = Object.freeze<{ readonly [letter: number]: Key }>({
	0x62: "word left",
	0x64: "erase word right",
	0x66: "word right",
	0x7f: "erase word left",
	0x08: "erase word left",
});

export class KeyReader {
	/** What has begun: nothing, an escape, or what introduces a sequence. */
	private begun = 0;
	private first = 0;
	private second = 0;

	/** Of a `position`: the column that the cursor is in, from 1. */
	get column(): number {
		return this.second;
	}

	/** Forgets a sequence that has begun: the line has ended. */
	reset(): void {
		this.begun = 0;
	}

	take(byte: number): Key {
		if (byte === escape) return this.begin(escape);
		switch (this.begun) {
			case 0:
				return byte < space || byte === deleteCharacter ? (controls[byte] ?? "none") : "text";
			case escape:
				if (byte === controlSequence || byte === singleShift) return this.begin(byte);
				if (stringStarts.includes(byte)) return this.begin(byte);
				this.begun = 0;
				return alternates[byte] ?? "none";
			case controlSequence:
			case singleShift:
				return this.takeParameter(byte);
			default:
				return this.takeString(byte);
		}
	}

	private begin(byte: number): Key {
		this.begun = byte;
		this.first = 0;
		this.second = 0;
		return "none";
	}

	private takeParameter(byte: number): Key {
		if (byte >= digitZero && byte <= digitNine) {
			this.second = Math.min(this.second * 10 + byte - digitZero, parameterMaximum);
		} else if (byte === semicolon) {
			this.first = this.second;
			this.second = 0;
		} else if (byte >= finalFirst || byte < space) {
			this.begun = 0;
			return this.keyOf(byte);
		}
		return "none";
	}

	/** Of a string nothing is shown. It has no control characters, so one of these is a key again. */
	private takeString(byte: number): Key {
		if (byte >= space) return "none";
		this.begun = 0;
		return byte === bell ? "none" : (controls[byte] ?? "none");
	}

	private keyOf(letter: number): Key {
		if (letter === tilde) return numberedKeys[this.first || this.second] ?? "none";
		const isModified = this.first > 0 && this.second >= modified;
		if (isModified && letter === letterC) return "word right";
		if (isModified && letter === letterD) return "word left";
		return cursorKeys[letter] ?? "none";
	}
}

/**
 * UTF-8 of RFC 3629, strict, and right on engines that index strings by code unit or by code point.
 */

import { byteAt } from "./bytes.js";

const replacement = 0xfffd;
const surrogateFirst = 0xd800;
const surrogateLast = 0xdfff;

/** Bytes that `text` takes; a lone surrogate counts as the replacement character. */
export function utf8Length(text: string): number {
	let length = 0;
	for (const character of text) length += sizeOf(codePointOf(character));
	return length;
}

/** Writes `text` into `target` from `offset`, and returns the offset behind it. */
export function utf8Write(text: string, target: Uint8Array, offset: number): number {
	for (const character of text) {
		const codePoint = codePointOf(character);
		const size = sizeOf(codePoint);
		if (size === 1) {
			target[offset] = codePoint;
		} else {
			target[offset] = leadMarkOf(size) | (codePoint >> (6 * (size - 1)));
			for (let index = 1; index < size; index++) {
				target[offset + index] = 0x80 | ((codePoint >> (6 * (size - 1 - index))) & 0x3f);
			}
		}
		offset += size;
	}
	return offset;
}

export function utf8Encode(text: string): Uint8Array {
	const bytes = new Uint8Array(utf8Length(text));
	utf8Write(text, bytes, 0);
	return bytes;
}

/**
 * Whether `bytes` from `start` to `end` are UTF-8: no overlong form, no surrogate, nothing cut off.
 */
export function isUtf8(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
	for (let offset = start; offset < end;) {
		const size = characterSize(bytes, offset, end);
		if (size === 0) return false;
		offset += size;
	}
	return true;
}

/** The text of `bytes` from `start` to `end`; each byte that is not UTF-8 becomes U+FFFD. */
export function utf8Decode(bytes: Uint8Array, start = 0, end = bytes.length): string {
	let text = "";
	for (let offset = start; offset < end;) {
		const size = characterSize(bytes, offset, end);
		text += String.fromCodePoint(size === 0 ? replacement : codePointAt(bytes, offset, size));
		offset += size === 0 ? 1 : size;
	}
	return text;
}

/** Bytes of the character at `offset` (1 to 4), or 0 when there is no valid one. */
function characterSize(bytes: Uint8Array, offset: number, end: number): number {
	const lead = byteAt(bytes, offset);
	if (lead < 0x80) return 1;
	const size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
	if (size === 0 || offset + size > end) return 0;
	for (let index = 1; index < size; index++) {
		if ((byteAt(bytes, offset + index) & 0xc0) !== 0x80) return 0;
	}
	const codePoint = codePointAt(bytes, offset, size);
	const isShortest = sizeOf(codePoint) === size;
	const isSurrogate = codePoint >= surrogateFirst && codePoint <= surrogateLast;
	return isShortest && !isSurrogate && codePoint <= 0x10ffff ? size : 0;
}

function codePointAt(bytes: Uint8Array, offset: number, size: number): number {
	let codePoint = byteAt(bytes, offset);
	if (size > 1) codePoint &= 0x7f >> size;
	for (let index = 1; index < size; index++) {
		codePoint = (codePoint << 6) | (byteAt(bytes, offset + index) & 0x3f);
	}
	return codePoint;
}

function codePointOf(character: string): number {
	const codePoint = character.codePointAt(0) ?? replacement;
	return codePoint >= surrogateFirst && codePoint <= surrogateLast ? replacement : codePoint;
}

function sizeOf(codePoint: number): number {
	return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

function leadMarkOf(size: number): number {
	return size === 2 ? 0xc0 : size === 3 ? 0xe0 : 0xf0;
}

/**
 * The one filter between text from outside and a terminal or a table that a machine reads. A
 * service, an access point, a browser and whoever names things choose texts; what would move a
 * cursor, end a line or turn the direction of writing is shown as `\x1B` or `\u202E`.
 */

import { byteAt } from "./bytes.js";
import { utf8Decode, utf8Encode } from "./utf8.js";

const space = 0x20;
const deleteCharacter = 0x7f;
/** First bytes of characters that may be controls: U+0080 on, U+0600 on, U+2000 on. */
const leadOfC1 = 0xc2;
const leadOfArabic = 0xd8;
const leadOfPunctuation = 0xe2;

/** The bytes of `text` on the line: one line's, whatever stands in it. */
export function visibleBytes(text: string): Uint8Array {
	const bytes = utf8Encode(text);
	for (let offset = 0; offset < bytes.length; offset++) {
		const byte = byteAt(bytes, offset);
		const isSuspect =
			byte < space ||
			byte === deleteCharacter ||
			byte === leadOfC1 ||
			byte === leadOfArabic ||
			byte === leadOfPunctuation;
		if (isSuspect) return utf8Encode(escaped(text));
	}
	return bytes;
}

/** What `visibleBytes` are the bytes of. */
export function visible(text: string): string {
	return utf8Decode(visibleBytes(text));
}

/** Whether a character acts on a terminal instead of being shown. */
function isControl(codePoint: number): boolean {
	return (
		codePoint < space ||
		isBetween(codePoint, deleteCharacter, 0x9f) || // C1
		codePoint === 0x61c || // Arabic letter mark
		isBetween(codePoint, 0x200e, 0x200f) || // Left-to-right mark, right-to-left mark
		isBetween(codePoint, 0x2028, 0x202e) || // Line ends; bidirectional embeddings and overrides
		isBetween(codePoint, 0x2066, 0x2069) // Bidirectional isolates
	);
}

function escaped(text: string): string {
	let result = "";
	for (const character of text) {
		const codePoint = character.codePointAt(0) ?? 0;
		if (!isControl(codePoint)) result += character;
		else {
			const digits = codePoint.toString(16).toUpperCase();
			result +=
				codePoint < 0x100 ? "\\x" + digits.padStart(2, "0") : "\\u" + digits.padStart(4, "0");
		}
	}
	return result;
}

function isBetween(value: number, first: number, last: number): boolean {
	return value >= first && value <= last;
}

/**
 * Byte strings: joining, comparing, and the three texts that stand for bytes (hex, base64,
 * base64url).
 */

export function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
	let length = 0;
	for (const part of parts) length += part.length;
	const result = new Uint8Array(length);
	let offset = 0;
	for (const part of parts) {
		result.set(part, offset);
		offset += part.length;
	}
	return result;
}

export function equal(left: Uint8Array, right: Uint8Array): boolean {
	if (left.length !== right.length) return false;
	for (let index = 0; index < left.length; index++) {
		if (left[index] !== right[index]) return false;
	}
	return true;
}

/** Big-endian order of two byte strings of the same length: negative, zero or positive. */
export function compare(left: Uint8Array, right: Uint8Array): number {
	for (let index = 0; index < left.length; index++) {
		const difference = byteAt(left, index) - byteAt(right, index);
		if (difference !== 0) return difference;
	}
	return 0;
}

/** The byte at `index`; reading outside the bytes is a programmer's error and throws. */
export function byteAt(bytes: Uint8Array, index: number): number {
	const byte = bytes[index];
	if (byte === undefined) throw new RangeError("no byte at " + index);
	return byte;
}

/** The bytes of a text that is known to be ASCII. */
export function asciiBytes(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
	return bytes;
}

const hexDigits = "0123456789abcdef";

export function toHex(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15);
	return text;
}

/** The bytes of a text of hexadecimal digits in either case; `undefined` when it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
	if (text.length % 2 !== 0) return undefined;
	const lower = text.toLowerCase();
	const bytes = new Uint8Array(text.length / 2);
	for (let index = 0; index < bytes.length; index++) {
		const high = hexDigits.indexOf(lower.charAt(2 * index));
		const low = hexDigits.indexOf(lower.charAt(2 * index + 1));
		if (high < 0 || low < 0) return undefined;
		bytes[index] = (high << 4) | low;
	}
	return bytes;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const standardAlphabet = letters + "+/";
const urlAlphabet = letters + "-_";

/** Base64 of RFC 4648 section 4, padded: what HTTP structured fields carry. */
export function toBase64(bytes: Uint8Array): string {
	const text = base64(bytes, standardAlphabet);
	return text + "==".slice(0, (4 - (text.length % 4)) % 4);
}

/** Base64url of RFC 4648 section 5, without padding: what fits a token or a query. */
export function toBase64Url(bytes: Uint8Array): string {
	return base64(bytes, urlAlphabet);
}

/** The bytes of unpadded base64url; `undefined` for another letter, length or stray low bits. */
export function fromBase64Url(text: string): Uint8Array | undefined {
	return fromLetters(text, urlAlphabet);
}

/** The bytes of padded base64; `undefined` for another letter, length or stray low bits. */
export function fromBase64(text: string): Uint8Array | undefined {
	if (text.length % 4 !== 0) return undefined;
	const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	return fromLetters(text.slice(0, text.length - padding), standardAlphabet);
}

function fromLetters(text: string, alphabet: string): Uint8Array | undefined {
	if (text.length % 4 === 1) return undefined;
	const bytes = new Uint8Array((text.length * 3) >> 2);
	let bits = 0;
	let bitCount = 0;
	let length = 0;
	for (let index = 0; index < text.length; index++) {
		const value = alphabet.indexOf(text.charAt(index));
		if (value < 0) return undefined;
		bits = ((bits << 6) | value) & 0xffff;
		bitCount += 6;
		if (bitCount >= 8) {
			bitCount -= 8;
			bytes[length++] = bits >> bitCount;
			bits &= (1 << bitCount) - 1;
		}
	}
	return bits === 0 ? bytes : undefined;
}

function base64(bytes: Uint8Array, alphabet: string): string {
	let text = "";
	let bits = 0;
	let bitCount = 0;
	for (const byte of bytes) {
		bits = (bits << 8) | byte;
		bitCount += 8;
		while (bitCount >= 6) {
			bitCount -= 6;
			text += alphabet.charAt(bits >> bitCount);
			bits &= (1 << bitCount) - 1;
		}
	}
	return bitCount > 0 ? text + alphabet.charAt(bits << (6 - bitCount)) : text;
}

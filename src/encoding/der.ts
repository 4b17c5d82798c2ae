/** Just enough DER (ITU-T X.690) to read a certificate: elements with definite lengths. */

import { byteAt } from "./bytes.js";

export const Tag = Object.freeze({
	Boolean: 0x01,
	Integer: 0x02,
	BitString: 0x03,
	OctetString: 0x04,
	ObjectIdentifier: 0x06,
	Utf8String: 0x0c,
	Sequence: 0x30,
	Set: 0x31,
	PrintableString: 0x13,
	UtcTime: 0x17,
	GeneralizedTime: 0x18,
	/** Context-specific and constructed, number 0 and 3: a certificate's version and extensions. */
	Context0: 0xa0,
	Context3: 0xa3,
} as const);

export interface Element {
	readonly tag: number;
	readonly content: Uint8Array;
	/** Tag, length and content. */
	readonly whole: Uint8Array;
}

/** A length of more bytes than this is not read: nothing of ours has 64 KiB. */
const lengthBytesMaximum = 2;

/** The elements in `bytes`, one after the other; `undefined` when they are not exactly that. */
export function readElements(bytes: Uint8Array): Element[] | undefined {
	const elements: Element[] = [];
	for (let offset = 0; offset < bytes.length;) {
		const element = readElement(bytes, offset);
		if (element === undefined) return undefined;
		elements.push(element);
		offset += element.whole.length;
	}
	return elements;
}

/** The elements inside the one element that `bytes` are, when it has the tag. */
export function readInside(bytes: Uint8Array, tag: number): Element[] | undefined {
	const element = readElement(bytes, 0);
	const isWhole = element?.whole.length === bytes.length;
	return element?.tag === tag && isWhole ? readElements(element.content) : undefined;
}

function readElement(bytes: Uint8Array, offset: number): Element | undefined {
	if (offset + 2 > bytes.length) return undefined;
	const tag = byteAt(bytes, offset);
	if ((tag & 0x1f) === 0x1f) return undefined; // A tag of several bytes.
	let start = offset + 2;
	let length = byteAt(bytes, offset + 1);
	if (length >= 0x80) {
		const count = length & 0x7f;
		if (count === 0 || count > lengthBytesMaximum || start + count > bytes.length) return undefined;
		length = 0;
		for (let index = 0; index < count; index++)
			length = length * 256 + byteAt(bytes, start + index);
		const isShortest = length >= 0x80 && (count === 1 || length > 0xff);
		if (!isShortest) return undefined;
		start += count;
	}
	const end = start + length;
	if (end > bytes.length) return undefined;
	return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(offset, end) };
}

/**
 * MessagePack, encoded and decoded by `@msgpack/msgpack` behind a check of our own.
 *
 * The library has no depth limit, takes text that is not UTF-8 and reserves what a length
 * declares. So nothing from outside reaches it before `isWellFormed` has walked the bytes.
 */

import { decode, encode as encodeValue } from "@msgpack/msgpack";
import { byteAt } from "../encoding/bytes.js";
import { isUtf8 } from "../encoding/utf8.js";

export type MessagePackValue =
	null | boolean | number | string | Uint8Array | MessagePackValue[] | MessagePackMap;

export interface MessagePackMap {
	[key: string]: MessagePackValue;
}

/**
 * Maps and arrays inside one another. Our own messages need 3; an app's answer may nest more. To
 * encode a value takes 690 bytes of stack a level, and the chip has 8 KiB of it.
 */
export const depthMaximum = 6;

/** Most of our messages fit, so encoding one seldom has to grow its buffer. */
const initialBufferSize = 256;

/** The bytes of a map. A field whose value is `undefined` is left out. */
export function encodeMap(map: {
	readonly [key: string]: MessagePackValue | undefined;
}): Uint8Array {
	return encodeValue(map, { initialBufferSize, ignoreUndefined: true });
}

/** Takes the place of all names that a reader doesn't know. */
const otherName = "";

/**
 * The one map that `bytes` hold, or `undefined` when they hold anything else or break a rule.
 *
 * With `names`, fields of other names are left out. What comes from outside must be read so: XS
 * keeps each name of a property until the reset, so that new ones would fill the device.
 */
export function decodeMap(
	bytes: Uint8Array,
	names?: readonly string[],
): MessagePackMap | undefined {
	if (!isWellFormed(bytes)) return undefined;
	let value: unknown;
	try {
		value = decode(bytes, {
			keyDecoder: null,
			mapKeyConverter: (name) => (isAmong(name, names) ? name : otherName),
		});
	} catch {
		return undefined; // A key named __proto__: the library refuses it, and so do we.
	}
	if (!isMap(value)) return undefined;
	if (names !== undefined) delete value[otherName];
	return value;
}

function isAmong(name: unknown, names: readonly string[] | undefined): name is string {
	return typeof name === "string" && (names === undefined || names.includes(name));
}

/** Whether a decoded value is a map: not null, a list or bytes. */
export function isMap(value: unknown): value is MessagePackMap {
	return (
		typeof value === "object" &&
		value !== null &&
		!Array.isArray(value) &&
		!(value instanceof Uint8Array)
	);
}

/**
 * Whether `bytes` are exactly one MessagePack value by our rules: every length within the bytes,
 * depth at most `depthMaximum`, text strict UTF-8, map keys text, no extension type, nothing
 * behind.
 */
export function isWellFormed(bytes: Uint8Array): boolean {
	return skipValue(bytes, 0, 0) === bytes.length;
}

const malformed = -1;

/** The offset behind the value at `offset`, or `malformed`. */
function skipValue(bytes: Uint8Array, offset: number, depth: number): number {
	if (offset >= bytes.length) return malformed;
	const type = byteAt(bytes, offset);
	const next = offset + 1;
	if (type < 0x80 || type >= 0xe0) return next;
	if (type < 0x90) return skipMap(bytes, next, type & 0x0f, depth);
	if (type < 0xa0) return skipArray(bytes, next, type & 0x0f, depth);
	if (type < 0xc0) return skipText(bytes, next, type & 0x1f);
	switch (type) {
		case 0xc0: // nil
		case 0xc2: // false
		case 0xc3: // true
			return next;
		case 0xc4: // bin 8, 16, 32
		case 0xc5:
		case 0xc6:
			return skipCounted(bytes, next, 1 << (type - 0xc4), depth, skipBytes);
		case 0xca: // float 32, 64
		case 0xcb:
			return skipBytes(bytes, next, type === 0xca ? 4 : 8);
		case 0xcc: // uint 8, 16, 32, 64
		case 0xcd:
		case 0xce:
		case 0xcf:
			return skipBytes(bytes, next, 1 << (type - 0xcc));
		case 0xd0: // int 8, 16, 32, 64
		case 0xd1:
		case 0xd2:
		case 0xd3:
			return skipBytes(bytes, next, 1 << (type - 0xd0));
		case 0xd9: // str 8, 16, 32
		case 0xda:
		case 0xdb:
			return skipCounted(bytes, next, 1 << (type - 0xd9), depth, skipText);
		case 0xdc: // array 16, 32
		case 0xdd:
			return skipCounted(bytes, next, 2 << (type - 0xdc), depth, skipArray);
		case 0xde: // map 16, 32
		case 0xdf:
			return skipCounted(bytes, next, 2 << (type - 0xde), depth, skipMap);
		default: // 0xc1 is never used; extension types have no place in our messages.
			return malformed;
	}
}

type Skip = (bytes: Uint8Array, offset: number, count: number, depth: number) => number;

/** Reads a count of `size` bytes, then skips that many items. */
function skipCounted(
	bytes: Uint8Array,
	offset: number,
	size: number,
	depth: number,
	skip: Skip,
): number {
	if (size > bytes.length - offset) return malformed;
	let count = 0;
	for (let index = 0; index < size; index++) count = count * 256 + byteAt(bytes, offset + index);
	return skip(bytes, offset + size, count, depth);
}

function skipBytes(bytes: Uint8Array, offset: number, count: number): number {
	return count > bytes.length - offset ? malformed : offset + count;
}

function skipText(bytes: Uint8Array, offset: number, count: number): number {
	if (count > bytes.length - offset) return malformed;
	return isUtf8(bytes, offset, offset + count) ? offset + count : malformed;
}

function skipArray(bytes: Uint8Array, offset: number, count: number, depth: number): number {
	if (depth >= depthMaximum || count > bytes.length - offset) return malformed;
	for (let index = 0; index < count && offset !== malformed; index++) {
		offset = skipValue(bytes, offset, depth + 1);
	}
	return offset;
}

function skipMap(bytes: Uint8Array, offset: number, count: number, depth: number): number {
	if (depth >= depthMaximum || count > (bytes.length - offset) / 2) return malformed;
	for (let index = 0; index < count && offset !== malformed; index++) {
		if (!isTextAt(bytes, offset)) return malformed;
		offset = skipValue(bytes, offset, depth + 1);
		if (offset !== malformed) offset = skipValue(bytes, offset, depth + 1);
	}
	return offset;
}

function isTextAt(bytes: Uint8Array, offset: number): boolean {
	if (offset >= bytes.length) return false;
	const type = byteAt(bytes, offset);
	return (type >= 0xa0 && type < 0xc0) || (type >= 0xd9 && type <= 0xdb);
}

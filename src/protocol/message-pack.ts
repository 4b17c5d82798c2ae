/**
 * MessagePack, encoded and decoded by `@msgpack/msgpack` behind a check of our own.
 *
 * The library has no depth limit, takes text that is not UTF-8 and reserves what a length
 * declares. So nothing from outside reaches it before `isWellFormed` has walked the bytes.
 */

import { decode, encode as encodeValue } from "@msgpack/msgpack";
import { byteAt } from "../encoding/bytes.js";
import { isUtf8 } from "../encoding/utf8.js";

type Scalar = null | boolean | number | string | Uint8Array;

export type MessagePackValue = Scalar | MessagePackValue[] | MessagePackMap;

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
 * Stands before a name that every object has a member of, such as `constructor`: the library
 * assigns, and on XS, whose prototypes are frozen, nobody can assign to such a name.
 */
const inheritedMark = "\u0000";

/**
 * The one map that `bytes` hold, or `undefined` when they hold anything else or break a rule.
 *
 * With `names`, each between two spaces, fields of other names are left out. What comes from
 * outside must be read so: XS keeps each name of a property until the reset, so that new ones
 * would fill the device.
 */
export function decodeMap(bytes: Uint8Array, names?: string): MessagePackMap | undefined {
	if (!isWellFormedMap(bytes)) return undefined;
	let isMarked = false;
	const value = decode(bytes, {
		keyDecoder: null,
		mapKeyConverter: (name) => {
			if (!isAmong(name, names)) return otherName;
			if (!isInherited(name)) return name;
			isMarked = true;
			return inheritedMark + name;
		},
	}) as MessagePackMap;
	if (names !== undefined) delete value[otherName];
	if (isMarked) unmark(value);
	return value;
}

/** Also what already begins with the mark, so that no two names become one. */
function isInherited(name: string): boolean {
	return name in Object.prototype || name.startsWith(inheritedMark);
}

/** Gives the names that were marked back to their values, at any depth. */
function unmark(value: MessagePackValue): void {
	if (Array.isArray(value)) return value.forEach(unmark);
	if (!isMap(value)) return;
	for (const [name, field] of Object.entries(value)) {
		unmark(field);
		if (!name.startsWith(inheritedMark)) continue;
		delete value[name];
		const rest = { configurable: true, enumerable: true, writable: true };
		Object.defineProperty(value, name.slice(inheritedMark.length), { value: field, ...rest });
	}
}

function isAmong(name: unknown, names: string | undefined): name is string {
	if (typeof name !== "string") return false;
	return names === undefined || (!name.includes(" ") && names.includes(" " + name + " "));
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
 * depth at most `depthMaximum`, text strict UTF-8, map keys text and not `__proto__`, integers
 * within 2^53, no extension type, nothing behind.
 */
export function isWellFormed(bytes: Uint8Array): boolean {
	return skipValue(bytes, 0, 0) === bytes.length;
}

/** To set a field of this name is to change what an object is. */
const forbiddenName = "__proto__";

/** Whether `bytes` are a map by these rules: then `decodeMap` reads it. */
export function isWellFormedMap(bytes: Uint8Array): boolean {
	const type = bytes[0] ?? 0;
	const isMapType = (type >= 0x80 && type < 0x90) || type === 0xde || type === 0xdf;
	return isMapType && isWellFormed(bytes);
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
		case 0xcc: // uint 8, 16, 32
		case 0xcd:
		case 0xce:
			return skipBytes(bytes, next, 1 << (type - 0xcc));
		case 0xd0: // int 8, 16, 32
		case 0xd1:
		case 0xd2:
			return skipBytes(bytes, next, 1 << (type - 0xd0));
		case 0xcf: // uint 64, int 64
		case 0xd3:
			return isExact(bytes, next, type === 0xd3) ? next + 8 : malformed;
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

/**
 * Whether the integer of 64 bits is one that a number holds exactly: from -(2^53 - 1) to 2^53 - 1.
 */
function isExact(bytes: Uint8Array, offset: number, isSigned: boolean): boolean {
	if (bytes.length - offset < 8) return false;
	const isNegative = isSigned && byteAt(bytes, offset) >= 0x80;
	// The upper 11 bits are all alike, and not all the others are 0 behind those of a negative one.
	if (byteAt(bytes, offset) !== (isNegative ? 0xff : 0)) return false;
	if (byteAt(bytes, offset + 1) >> 5 !== (isNegative ? 7 : 0)) return false;
	if (!isNegative || byteAt(bytes, offset + 1) > 0xe0) return true;
	for (let index = offset + 2; index < offset + 8; index++) {
		if (byteAt(bytes, index) !== 0) return true;
	}
	return false; // -(2^53): another number comes to the same.
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
		if (!isTextAt(bytes, offset) || isForbiddenAt(bytes, offset)) return malformed;
		offset = skipValue(bytes, offset, depth + 1);
		if (offset !== malformed) offset = skipValue(bytes, offset, depth + 1);
	}
	return offset;
}

/** Whether the key at `offset` is the one that the library refuses to read. */
function isForbiddenAt(bytes: Uint8Array, offset: number): boolean {
	const type = byteAt(bytes, offset);
	const start = offset + (type < 0xc0 ? 1 : 1 + (1 << (type - 0xd9)));
	const { length } = forbiddenName;
	// The last byte of the length is enough: a longer key that begins so is no loss either.
	const byteLength = type < 0xc0 ? type & 0x1f : (bytes[start - 1] ?? 0);
	if (byteLength !== length || bytes.length - start < length) return false;
	for (let index = 0; index < length; index++) {
		if (bytes[start + index] !== forbiddenName.charCodeAt(index)) return false;
	}
	return true;
}

function isTextAt(bytes: Uint8Array, offset: number): boolean {
	if (offset >= bytes.length) return false;
	const type = byteAt(bytes, offset);
	return (type >= 0xa0 && type < 0xc0) || (type >= 0xd9 && type <= 0xdb);
}

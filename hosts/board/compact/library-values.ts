/** What is known of `@msgpack/msgpack` on a device, by its modules: see `library.ts`. */

import type { KnownValues } from "./known-values.js";

/** An encoder or a decoder makes one value, and only `encode` and `decode` have any. */
const ofOneValue = { "this.entered": "false", "this.reinitializeState()": "undefined" };

/** Options that a device doesn't take. */
const options = { "this.useBigInt64": "false" };

/** Integers of 64 bits are two of 32. */
const longs = {
	read: "this.readU32() * 0x100000000 + this.readU32()",
	readSigned: "(this.readU32() | 0) * 0x100000000 + this.readU32()",
	write: "this.writeU32(Math.floor(object / 0x100000000)), this.writeU32(object)",
};

/** Nothing is longer than what a device has in memory. */
const never = "false";
const always = "true";

export const libraryValues: Readonly<Record<string, KnownValues>> = {
	"utils/typedArrays.mjs": {
		// Of anything else that has bytes, a Uint8Array is made in the same way.
		everywhere: { "isArrayBufferLike(buffer)": "true" },
	},
	"Decoder.mjs": {
		everywhere: {
			...ofOneValue,
			...options,
			DecodeError: "Error",
			"this.rawStrings": "false",
			"size > this.maxMapLength": never,
			"size > this.maxArrayLength": never,
			"byteLength > this.maxStrLength": never,
			"byteLength > this.maxBinLength": never,

			// Names of members are read like any other text.
			"new CachedKeyDecoder()": "undefined",
			"this.keyDecoder?.canBeCached(byteLength)": "false",
			"this.stateIsMapKey()": "false",

			// Extension types are unknown ones.
			"headByte === 0xd4": "false",
			"headByte === 0xd5": "false",
			"headByte === 0xd6": "false",
			"headByte === 0xd7": "false",
			"headByte === 0xd8": "false",
			"headByte === 0xc7": "false",
			"headByte === 0xc8": "false",
			"headByte === 0xc9": "false",
			"prettyByte(headByte)": "headByte",

			// All bytes are there from the beginning, so none is looked at and then read again.
			"EMPTY_VIEW.getInt8(0)": "undefined",
			"this.headByte": "undefined",
			"this.readHeadByte()": "this.readU8()",
			"this.complete()": "undefined",
			MORE_DATA: 'new RangeError("Insufficient data")',
			"this.createExtraByteError(this.pos)": 'new RangeError("Extra bytes")',
			"this.lookU8()": "0",
			"this.lookU16()": "0",
			"this.lookU32()": "0",
			"this.decodeString(byteLength, 0)": "this.decodeUtf8String(byteLength)",
			"this.decodeString(byteLength, 1)": "this.decodeUtf8String(this.readU8())",
			"this.decodeString(byteLength, 2)": "this.decodeUtf8String(this.readU16())",
			"this.decodeString(byteLength, 4)": "this.decodeUtf8String(this.readU32())",
			"this.decodeBinary(size, 1)": "this.decodeBinary(this.readU8())",
			"this.decodeBinary(size, 2)": "this.decodeBinary(this.readU16())",
			"this.decodeBinary(size, 4)": "this.decodeBinary(this.readU32())",

			// What is open around a value is an array: states for many values aren't kept.
			"new StackPool()": "[]",
			"stack.top()": "stack[stack.length - 1]",
			"stack.release(state)": "stack.pop()",
			STATE_ARRAY: "0",
			STATE_MAP_KEY: "1",
			STATE_MAP_VALUE: "2",
			"this.stack.pushMapState(size)": "this.stack.push({ type: 1, readCount: 0, size, map: {} })",
			// An array grows with its items, so that a length alone takes no memory.
			"this.stack.pushArrayState(size)":
				"this.stack.push({ type: 0, position: 0, size, array: [] })",

			// A signed integer is an unsigned one with another meaning.
			"this.readI8()": "this.readU8() << 24 >> 24",
			"this.readI16()": "this.readU16() << 16 >> 16",
			"this.readI32()": "this.readU32() | 0",
			"this.readU64()": longs.read,
			"this.readI64()": longs.readSigned,
		},
		view: { EMPTY_VIEW: "undefined" },
		bytes: { EMPTY_BYTES: "undefined" },
		decodeUtf8String: {
			"this.bytes.byteLength < this.pos + headerOffset + byteLength":
				"!this.hasRemaining(byteLength)",
			"this.pos + headerOffset": "this.pos",
			"headerOffset + byteLength": "byteLength",
			"utf8Decode(this.bytes, offset, byteLength)":
				"utf8Decode(this.bytes, offset, offset + byteLength)",
		},
		decodeBinary: {
			"byteLength + headOffset": "byteLength",
			"this.pos + headOffset": "this.pos",
			"headOffset + byteLength": "byteLength",
		},
	},
	"Encoder.mjs": {
		everywhere: {
			...ofOneValue,
			...options,
			utf8Count: "utf8Length",
			utf8Encode: "utf8Write",
			"this.sortKeys": "false",
			"this.forceFloat32": "false",
			"this.forceIntegerToFloat": "false",
			"this.maxDepth": "DEFAULT_MAX_DEPTH",
			"this.initialBufferSize": "options?.initialBufferSize ?? DEFAULT_INITIAL_BUFFER_SIZE",
			"this.extensionCodec.tryToEncode(object, this.context)": "null",
			"byteLength < 0x100000000": always,
			"size < 0x100000000": always,

			// To write a negative integer is to write the unsigned one with the same bits.
			"this.writeI8": "this.writeU8",
			"this.writeI16": "this.writeU16",
			"this.writeI32": "this.writeU32",
			"this.writeU64(object)": longs.write,
			"this.writeI64(object)": longs.write,

			// What is called in one place stands there.
			"this.encodeNil()": "this.writeU8(0xc0)",
			"this.encodeBoolean(object)": "this.writeU8(object ? 0xc3 : 0xc2)",
			"this.encodeNumberAsFloat(object)": "this.writeU8(0xcb), this.writeF64(object)",
			"this.writeU8a(bytes)":
				"this.ensureBufferSizeToWrite(size), this.bytes.set(bytes, this.pos), this.pos += size",
		},
	},
};

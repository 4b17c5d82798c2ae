/** A bundle: an image with what its publisher states of it, as one file. */

import type { KeyObject } from "node:crypto";
import { decodeMap, encodeMap } from "../../../src/protocol/message-pack.js";
import {
	blockLengthMaximum,
	blockLengthMinimum,
	type Statement,
	statementContext,
	statementLengthMaximum,
} from "../../../src/protocol/update.js";
import { setSignatureLength } from "../../../src/protocol/key-set.js";
import { isVersion } from "../../../src/protocol/version.js";
import { type ByteSource, partOf } from "../byte-source.js";
import { sha256 } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { requireRoom, slotLengthDefault } from "./slot.js";
import type { KeySet } from "./key-set.js";
import { addSignature, signStatement, unsignedStatement } from "./statements.js";

export interface BundleOptions {
	readonly product: string;
	readonly platform: string;
	/** Four numbers. */
	readonly version: string;
	/** Higher than that of every bundle before. */
	readonly sequence: number;
	/** The lowest version that devices may still be given. Default: any. */
	readonly floor?: string | undefined;
	/** Seconds since 1970 from which on it is not to be installed. Default: never. */
	readonly expires?: number | undefined;
	readonly image: Uint8Array;
	/** Bytes of an app slot on the platform. Default: those of `hosts/esp32/partitions.csv`. */
	readonly slotLength?: number | undefined;
}

export interface FirstSigner {
	readonly set: KeySet;
	readonly signer: KeyObject;
}

export interface Bundle {
	/** Signed; see `readStatement`. */
	readonly statement: Uint8Array;
	readonly image: Uint8Array;
}

/**
 * States what the image is, with blocks as small as their digests' room allows. `by` is the
 * product's key, or the first of several people with the set of them.
 */
export function makeBundle(options: BundleOptions, by: KeyObject | FirstSigner): Bundle {
	const { product, platform, version, sequence, expires, image } = options;
	const { floor = "0.0.0.0", slotLength = slotLengthDefault } = options;
	requireVersion(version);
	requireVersion(floor);
	requireRoom(image, platform, slotLength);
	const digest = sha256(image);
	for (
		let length = blockLengthMinimum;
		length <= blockLengthMaximum;
		length += blockLengthMinimum
	) {
		const blocks = { blockLength: length, blockDigests: digestsOf(image, length) };
		const about = { product, platform, version, sequence, floor, expires };
		const whole = { ...about, length: image.length, digest, ...blocks };
		const statement = "set" in by ? firstSigned(whole, by) : signStatement(whole, by);
		const room = "set" in by ? (by.set.threshold - 1) * setSignatureLength : 0;
		if (statement.length + room <= statementLengthMaximum) return { statement, image };
	}
	// Blocks of the greatest length leave room for the longest image and the longest names.
	throw new Error("a statement has no room for its image");
}

function firstSigned(statement: Statement, { set, signer }: FirstSigner): Uint8Array {
	const unsigned = unsignedStatement(statement, set.keys);
	const signed = addSignature(unsigned, statementContext, signer);
	if (signed !== undefined) return signed;
	throw new OperatorError(
		"key",
		"Your key is none of those who sign for " + statement.product + ".",
	);
}

export function encodeBundle({ statement, image }: Bundle): Uint8Array {
	return encodeMap({ statement, image });
}

/** What is before the image in a bundle's file. */
export function bundleHead(statement: Uint8Array, imageLength: number): Uint8Array {
	const file = Buffer.from(encodeBundle({ statement, image: new Uint8Array() }));
	const size = lengthLengths.findIndex((bytes) => imageLength < 256 ** bytes);
	const head = Buffer.alloc(1 + (lengthLengths[size] ?? 0));
	head.writeUInt8(format.bytes + size);
	head.writeUIntBE(imageLength, 1, head.length - 1);
	// In place of what says that there are no bytes.
	return Uint8Array.from(Buffer.concat([file.subarray(0, -2), head]));
}

export function decodeBundle(file: Uint8Array): Bundle | undefined {
	const { statement, image } = decodeMap(file) ?? {};
	if (!(statement instanceof Uint8Array) || !(image instanceof Uint8Array)) return undefined;
	return { statement, image };
}

/** A bundle that is in a file. */
export interface BundleSource {
	readonly statement: Uint8Array;
	readonly image: ByteSource;
}

/** The same of a file, without its image being read; `undefined` when it is none. */
export function findBundleIn(file: ByteSource): BundleSource | undefined {
	const { statement, image } = bytesOfMapIn(file) ?? {};
	if (statement === undefined || image === undefined) return undefined;
	if (statement.length > statementLengthMaximum) return undefined;
	return { statement: Uint8Array.from(statement.read(0, statement.length)), image };
}

/** MessagePack's formats of what is in a bundle: a short map, short keys, and bytes. */
const format = Object.freeze({ map: 0x80, text: 0xa0, bytes: 0xc4 });

/** In how many bytes the length of bytes is. */
const lengthLengths: readonly number[] = [1, 2, 4];

/** The values of a MessagePack map, which all are bytes; `undefined` for any other file. */
function bytesOfMapIn(file: ByteSource): { [name: string]: ByteSource } | undefined {
	let at = 0;
	const next = (length: number): Buffer | undefined => {
		const end = at + length;
		return end > file.length ? undefined : file.read(at, (at = end));
	};
	const parts: { [name: string]: ByteSource } = {};
	const head = next(1)?.[0] ?? 0;
	if (head >> 4 !== format.map >> 4) return undefined;
	for (let left = head & 0xf; left > 0; left--) {
		const key = next(1)?.[0] ?? 0;
		const name = key >> 5 === format.text >> 5 ? next(key & 0x1f)?.toString("latin1") : undefined;
		const size = (next(1)?.[0] ?? 0) - format.bytes;
		const length = next(lengthLengths[size] ?? file.length + 1);
		if (name === undefined || length === undefined || Object.hasOwn(parts, name)) return undefined;
		const end = at + length.readUIntBE(0, length.length);
		if (end > file.length) return undefined;
		parts[name] = partOf(file, at, end);
		at = end;
	}
	return at === file.length ? parts : undefined;
}

function digestsOf(image: Uint8Array, blockLength: number): Uint8Array {
	const digests: Uint8Array[] = [];
	for (let start = 0; start < image.length; start += blockLength) {
		digests.push(sha256(image.subarray(start, start + blockLength)));
	}
	return Uint8Array.from(Buffer.concat(digests));
}

function requireVersion(version: string): void {
	if (isVersion(version)) return;
	throw new OperatorError("name", version + " is no version: four numbers such as 1.4.0.28.");
}

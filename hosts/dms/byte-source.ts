/** Bytes in a file or in memory, read piece by piece: a file is never held whole. */

import { createHash } from "node:crypto";

export interface ByteSource {
	readonly length: number;
	/** Bytes from `start` up to `end`, both within its length. */
	read(start: number, end: number): Buffer;
}

/** In memory at a time. */
const pieceLength = 262_144;

export function sourceOf(bytes: Uint8Array | ByteSource): ByteSource {
	if (!(bytes instanceof Uint8Array)) return bytes;
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return { length: buffer.length, read: (start, end) => buffer.subarray(start, end) };
}

/** A part of another one. */
export function partOf(source: ByteSource, from: number, to = source.length): ByteSource {
	return { length: to - from, read: (start, end) => source.read(from + start, from + end) };
}

export function* piecesOf(source: ByteSource, length = pieceLength): Generator<Buffer> {
	for (let start = 0; start < source.length; start += length) {
		yield source.read(start, Math.min(start + length, source.length));
	}
}

/** SHA-256. */
export function digestOfSource(source: ByteSource): Uint8Array {
	const hash = createHash("sha256");
	for (const piece of piecesOf(source)) hash.update(piece);
	return Uint8Array.from(hash.digest());
}

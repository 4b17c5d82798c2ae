/**
 * The image of a device program: what lies in a slot, and what a processor runs.
 *
 *     "ODMS"  length of head (4)  length of modules (4)  head  modules  SHA-256 of all before (32)
 *
 * Lengths are little endian. The head is a MessagePack map {platform, version, built, platformKey}.
 * The modules are JavaScript, each as: length of the name (1), name, length of the source (4),
 * source; the last one is the one to start.
 */

import { createHash } from "node:crypto";
import { decodeMap, encodeMap } from "../../src/protocol/message-pack.js";
import type { Partition } from "./flash.js";

const magic = Buffer.from("ODMS");
const prefixLength = 12;
const digestLength = 32;

/** What the board's images are made for; see `System.platform` in src/host.ts. */
export const boardPlatform = "board";

export interface Head {
	readonly platform: string;
	/** Four numbers. */
	readonly version: string;
	/** ISO 8601, UTC. */
	readonly built: string;
	/** See `System.platformKey` in src/host.ts. */
	readonly platformKey?: Uint8Array | undefined;
}

export interface Module {
	/** A path, relative to all others of the image. */
	readonly name: string;
	readonly source: string;
}

export interface Image extends Head {
	/** SHA-256 of the image, 64 hexadecimal digits. */
	readonly digest: string;
	readonly modules: readonly Module[];
}

export function encodeImage(head: Head, modules: readonly Module[]): Uint8Array {
	const headBytes = encodeMap({ ...head });
	const moduleBytes = encodeModules(modules);
	const prefix = Buffer.alloc(prefixLength);
	magic.copy(prefix);
	prefix.writeUInt32LE(headBytes.length, 4);
	prefix.writeUInt32LE(moduleBytes.length, 8);
	const body = Buffer.concat([prefix, headBytes, moduleBytes]);
	return Buffer.concat([body, digestOf(body)]);
}

/** The modules' bytes, as an image and the XS processor take them. */
export function encodeModules(modules: readonly Module[]): Uint8Array {
	const parts: Buffer[] = [];
	for (const { name, source } of modules) {
		const nameBytes = Buffer.from(name);
		const sourceBytes = Buffer.from(source);
		const length = Buffer.alloc(4);
		length.writeUInt32LE(sourceBytes.length);
		parts.push(Buffer.of(nameBytes.length), nameBytes, length, sourceBytes);
	}
	return Buffer.concat(parts);
}

/** Those that slots have held last, by their digests: a board reads its own at each start. */
const images = new Map<string, Image>();
const imagesMaximum = 16;

/** The image in a slot; `undefined` when it is not a whole and unchanged one for this board. */
export function readImage(slot: Partition): Image | undefined {
	const prefix = Buffer.from(slot.read(0, prefixLength));
	if (!prefix.subarray(0, magic.length).equals(magic)) return undefined;
	const headLength = prefix.readUInt32LE(4);
	const length = prefixLength + headLength + prefix.readUInt32LE(8);
	if (length + digestLength > slot.length) return undefined;
	const bytes = slot.read(0, length);
	const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
	const digest = digestOf(body);
	if (!digest.equals(slot.read(length, digestLength))) return undefined;
	const known = images.get(digest.toString("hex"));
	if (known !== undefined) return known;
	const image = imageIn(body, headLength, digest.toString("hex"));
	const [oldest] = images.keys();
	if (image !== undefined) images.set(image.digest, image);
	if (images.size > imagesMaximum && oldest !== undefined) images.delete(oldest);
	return image;
}

function imageIn(body: Buffer, headLength: number, digest: string): Image | undefined {
	const { platform, version, built, platformKey } =
		decodeMap(body.subarray(prefixLength, prefixLength + headLength)) ?? {};
	if (platform !== boardPlatform || typeof version !== "string" || typeof built !== "string") {
		return undefined;
	}
	const modules = decodeModules(body.subarray(prefixLength + headLength));
	return {
		...{ platform, version, built, digest, modules },
		// A copy: what was read may be a view of the slot, which is written again one day.
		platformKey: platformKey instanceof Uint8Array ? Uint8Array.from(platformKey) : undefined,
	};
}

function decodeModules(bytes: Buffer): Module[] {
	const modules: Module[] = [];
	for (let offset = 0; offset < bytes.length;) {
		const nameEnd = offset + 1 + bytes.readUInt8(offset);
		const sourceEnd = nameEnd + 4 + bytes.readUInt32LE(nameEnd);
		modules.push({
			name: bytes.toString("utf8", offset + 1, nameEnd),
			source: bytes.toString("utf8", nameEnd + 4, sourceEnd),
		});
		offset = sourceEnd;
	}
	return modules;
}

function digestOf(bytes: Uint8Array): Buffer {
	return createHash("sha256").update(bytes).digest();
}

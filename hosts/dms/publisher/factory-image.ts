/**
 * Reads a factory image: all of a blank chip's flash from its first byte on, as `esptool merge_bin`
 * makes it of boot loader, partition table and app.
 */

import { type ByteSource, partOf, piecesOf, sourceOf } from "../byte-source.js";
import { OperatorError } from "../operator-error.js";
import { agreedFacts } from "./image.js";

/** What a cable writes: bytes of the image, at the same place in flash. */
export interface FlashPart {
	readonly address: number;
	readonly length: number;
}

export interface FactoryImageFacts {
	/** The kind of chip that its boot loader is for. */
	readonly platform: string;
	/** Of its app: four numbers. */
	readonly version: string;
	/** All but the partitions that a device keeps its identity in, in order. */
	readonly parts: readonly FlashPart[];
}

interface Partition extends FlashPart {
	readonly type: number;
	readonly subtype: number;
}

/** ESP-IDF's partition table: `esp_partition_info_t`, behind the boot loader. */
const tableStart = 0x8000;
const tableEnd = 0x20000;
const sectorLength = 0x1000;
const entryLength = 32;
const entryMagic = 0x50aa;
const typeApp = 0;
const typeData = 1;
/** `nvs` and `nvs_keys`. */
const subtypesKept = [0x02, 0x04];
export const lengthMaximum = 16 * 2 ** 20;
const advice = " Merge boot loader, partition table and app into one file: esptool merge_bin";

/** Throws when a chip that gets it would not start, or when it says no platform or version. */
export function readFactoryImage(bytes: Uint8Array | ByteSource): FactoryImageFacts {
	const image = sourceOf(bytes);
	if (image.length > lengthMaximum) throw problem("A factory image has at most 16 MiB.");
	const head = image.read(0, Math.min(tableEnd + sectorLength, image.length));
	const partitions = partitionsIn(head);
	if (partitions.length === 0) throw problem("The file has no partition table." + advice);
	const app = partitions.find(({ type }) => type === typeApp);
	if (app === undefined || app.address >= image.length) {
		throw problem("The file has no app where its partition table says." + advice);
	}
	const name = "The app in the file";
	const facts = agreedFacts({ name, bytes: partOf(image, app.address) }, {});
	requireBootLoader(head, image.read(app.address + 12, app.address + 14).readUInt16LE());
	return { ...facts, parts: partsOf(image, partitions) };
}

function partitionsIn(image: Buffer): Partition[] {
	for (let start = tableStart; start < tableEnd; start += sectorLength) {
		const partitions: Partition[] = [];
		let at = start;
		for (; at + entryLength <= image.length; at += entryLength) {
			if (image.readUInt16LE(at) !== entryMagic) break;
			partitions.push({
				type: image.readUInt8(at + 2),
				subtype: image.readUInt8(at + 3),
				address: image.readUInt32LE(at + 4),
				length: image.readUInt32LE(at + 8),
			});
		}
		if (partitions.length > 0) return partitions;
	}
	return [];
}

/** Where the chips' ROMs look for it; it is for the same chip as the app. */
const bootLoaderStarts = [0, 0x1000, 0x2000];
const imageMagic = 0xe9;

function requireBootLoader(head: Buffer, appChip: number): void {
	const start = bootLoaderStarts.find((address) => head[address] === imageMagic);
	if (start === undefined) throw problem("The file has no boot loader." + advice);
	if (head.readUInt16LE(start + 12) === appChip) return;
	throw problem("Boot loader and app in the file are for different chips." + advice);
}

/** A kept partition with something in it is the publisher's will: it is written. */
function partsOf(image: ByteSource, partitions: readonly Partition[]): FlashPart[] {
	const isBlank = ({ address, length }: FlashPart): boolean => {
		const [start, end] = [address, address + length].map((at) => Math.min(at, image.length));
		const pieces = piecesOf(partOf(image, start ?? 0, end));
		return [...pieces].every((piece) => piece.every((byte) => byte === 0xff));
	};
	const kept = partitions
		.filter(({ type, subtype }) => type === typeData && subtypesKept.includes(subtype))
		.filter(isBlank)
		.sort((one, other) => one.address - other.address);
	const parts: FlashPart[] = [];
	let start = 0;
	for (const { address, length } of [...kept, { address: image.length, length: 0 }]) {
		const end = Math.min(address, image.length);
		if (end > start) parts.push({ address: start, length: end - start });
		start = Math.max(start, address + length);
	}
	return parts;
}

function problem(message: string): OperatorError {
	return new OperatorError("bundle", message);
}

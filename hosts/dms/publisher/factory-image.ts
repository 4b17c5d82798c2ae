/**
 * Reads a factory image: all of a blank chip's flash from its first byte on, as `esptool merge_bin`
 * makes it of boot loader, partition table and app.
 */

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
export function readFactoryImage(bytes: Uint8Array): FactoryImageFacts {
	if (bytes.length > lengthMaximum) throw problem("A factory image has at most 16 MiB.");
	const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const partitions = partitionsIn(image);
	if (partitions.length === 0) throw problem("The file has no partition table." + advice);
	const app = partitions.find(({ type }) => type === typeApp);
	if (app === undefined || app.address >= image.length) {
		throw problem("The file has no app where its partition table says." + advice);
	}
	const name = "The app in the file";
	const facts = agreedFacts({ name, bytes: image.subarray(app.address) }, {});
	requireBootLoader(image, app);
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

function requireBootLoader(image: Buffer, app: FlashPart): void {
	const start = bootLoaderStarts.find((address) => image[address] === imageMagic);
	if (start === undefined) throw problem("The file has no boot loader." + advice);
	const chipOf = (address: number): number => image.readUInt16LE(address + 12);
	if (chipOf(start) === chipOf(app.address)) return;
	throw problem("Boot loader and app in the file are for different chips." + advice);
}

/** A kept partition with something in it is the publisher's will: it is written. */
function partsOf(image: Buffer, partitions: readonly Partition[]): FlashPart[] {
	const isBlank = ({ address, length }: FlashPart): boolean =>
		image.subarray(address, address + length).every((byte) => byte === 0xff);
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

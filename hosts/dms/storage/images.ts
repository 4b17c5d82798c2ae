/** Where images are: files of a folder, or memory, by their digest. They never change. */

import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeDurably } from "../authority/key-folder.js";

/** The folder of images in a data folder. */
export const imagesFolder = "images";

const imageMode = 0o600;

export interface ImageStore {
	/** `digest` is SHA-256 of the image, hexadecimal. */
	has(digest: string): boolean;
	/** Bytes that are there; `undefined` when there is no such image. */
	lengthOf(digest: string): number | undefined;
	put(digest: string, image: Uint8Array): void;
	/** Bytes from `start` up to `end`. */
	read(digest: string, start: number, end: number): Uint8Array;
}

export function imageFolder(data: string): ImageStore {
	const folder = join(data, imagesFolder);
	const pathOf = (digest: string): string => join(folder, digest);
	return {
		has: (digest) => existsSync(pathOf(digest)),
		lengthOf: (digest) => statSync(pathOf(digest), { throwIfNoEntry: false })?.size,
		put(digest, image) {
			mkdirSync(folder, { recursive: true });
			writeDurably(pathOf(digest), image, imageMode);
		},
		read(digest, start, end) {
			const bytes = new Uint8Array(end - start);
			const file = openSync(pathOf(digest), "r");
			try {
				const count = readSync(file, bytes, 0, bytes.length, start);
				return bytes.subarray(0, count);
			} finally {
				closeSync(file);
			}
		},
	};
}

export function imageMemory(): ImageStore {
	const images = new Map<string, Uint8Array>();
	return {
		has: (digest) => images.has(digest),
		lengthOf: (digest) => images.get(digest)?.length,
		put: (digest, image) => void images.set(digest, Uint8Array.from(image)),
		read: (digest, start, end) => images.get(digest)?.subarray(start, end) ?? new Uint8Array(),
	};
}

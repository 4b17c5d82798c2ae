/** Where images are, by their digest: they never change. Files of a folder, tables, or memory. */

import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readSync,
	rmSync,
	statSync,
} from "node:fs";
import { join } from "node:path";
import { type ByteSource, piecesOf } from "../byte-source.js";
import { writeDurably } from "../authority/key-folder.js";
import type { Database } from "./schema.js";
import type { Writer } from "./writer.js";

/** The folder of images in a data folder. */
export const imagesFolder = "images";

const imageMode = 0o600;
const digestPattern = /^[0-9a-f]{64}$/;
/** Bytes in a row: one or two rows for a piece that a device asks for. */
const pieceLength = 65_536;

export interface ImageStore {
	/** `digest` is SHA-256 of the image, hexadecimal. */
	has(digest: string): Promise<boolean>;
	/** Bytes that are there; `undefined` when there is no such image. */
	lengthOf(digest: string): Promise<number | undefined>;
	put(digest: string, image: ByteSource): Promise<void>;
	/** Bytes from `start` up to `end`; fewer when they are not there. */
	read(digest: string, start: number, end: number): Promise<Uint8Array>;
	/** The digests of all images. */
	list(): Promise<string[]>;
	/** In a transaction that has made sure that nobody needs it. */
	remove(digest: string, transaction: Database): Promise<void>;
}

/** The digests of those in this folder; what else is there was not finished. */
export function imageNames(folder: string): string[] {
	return readdirSync(folder).filter((name) => digestPattern.test(name));
}

export function imageFolder(data: string): ImageStore {
	const folder = join(data, imagesFolder);
	const pathOf = (digest: string): string => join(folder, digest);
	return {
		has: async (digest) => existsSync(pathOf(digest)),
		lengthOf: async (digest) => statSync(pathOf(digest), { throwIfNoEntry: false })?.size,
		async put(digest, image) {
			mkdirSync(folder, { recursive: true });
			writeDurably(pathOf(digest), piecesOf(image), imageMode);
		},
		async read(digest, start, end) {
			const bytes = new Uint8Array(end - start);
			const file = openSync(pathOf(digest), "r");
			try {
				const count = readSync(file, bytes, 0, bytes.length, start);
				return bytes.subarray(0, count);
			} finally {
				closeSync(file);
			}
		},
		list: async () => (existsSync(folder) ? imageNames(folder) : []),
		remove: async (digest) => rmSync(pathOf(digest), { force: true }),
	};
}

/** For processes on many machines, which have nothing in common but the database. */
export function imageTable(database: Database, writer: Writer): ImageStore {
	const lengthOf = async (digest: string): Promise<number | undefined> => {
		const images = database.selectFrom("images").select("length");
		return (await images.where("digest", "=", digest).executeTakeFirst())?.length;
	};
	return {
		has: async (digest) => (await lengthOf(digest)) !== undefined,
		lengthOf,
		put: (digest, image) => writer.write((transaction) => insertImage(transaction, digest, image)),
		read: (digest, start, end) => readPieces(database, digest, start, end),
		async list() {
			const rows = await database.selectFrom("images").select("digest").execute();
			return rows.map(({ digest }) => digest);
		},
		async remove(digest, transaction) {
			await transaction.deleteFrom("images").where("digest", "=", digest).execute();
		},
	};
}

/** Another process may have put the same image there since; one that is damaged is replaced. */
export async function insertImage(
	database: Database,
	digest: string,
	image: ByteSource,
): Promise<void> {
	const { numInsertedOrUpdatedRows } = await database
		.insertInto("images")
		.values({ digest, length: image.length })
		.onConflict((conflict) => conflict.column("digest").doNothing())
		.executeTakeFirst();
	if (numInsertedOrUpdatedRows === 0n) return;
	let start = 0;
	for (const piece of piecesOf(image, pieceLength)) {
		const bytes = Uint8Array.from(piece);
		await database.insertInto("imagePieces").values({ digest, start, bytes }).execute();
		start += piece.length;
	}
}

async function readPieces(
	database: Database,
	digest: string,
	start: number,
	end: number,
): Promise<Uint8Array> {
	const first = start - (start % pieceLength);
	const pieces = await database
		.selectFrom("imagePieces")
		.select(["start", "bytes"])
		.where("digest", "=", digest)
		.where("start", ">=", first)
		.where("start", "<", end)
		.orderBy("start")
		.execute();
	const joined = Buffer.concat(pieces.map(({ bytes }) => bytes));
	return Uint8Array.from(joined.subarray(start - first, end - first));
}

export function imageMemory(): ImageStore {
	const images = new Map<string, Uint8Array>();
	return {
		has: async (digest) => images.has(digest),
		lengthOf: async (digest) => images.get(digest)?.length,
		put: async (digest, image) =>
			void images.set(digest, Uint8Array.from(image.read(0, image.length))),
		read: async (digest, start, end) =>
			images.get(digest)?.subarray(start, end) ?? new Uint8Array(),
		list: async () => [...images.keys()],
		remove: async (digest) => void images.delete(digest),
	};
}

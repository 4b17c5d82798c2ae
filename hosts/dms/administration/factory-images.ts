/** What a cable puts onto a product's blank chips, as its publisher has put it here. */

import { toHex } from "../../../src/encoding/bytes.js";
import type { Core } from "../core.js";
import { type ByteSource, digestOfSource, sourceOf } from "../byte-source.js";
import { OperatorError } from "../operator-error.js";
import { type FlashPart, readFactoryImage } from "../publisher/factory-image.js";
import { appendAudit } from "../storage/audit.js";
import {
	deleteFactoryImage,
	findFactoryImage,
	putFactoryImage,
} from "../storage/factory-images.js";
import { isImageWhole } from "../storage/image-check.js";
import { type Download, downloadOf } from "../storage/image-stream.js";
import type { FactoryImageRow } from "../storage/schema-factory-images.js";
import type { Database } from "../storage/schema.js";
import { actor, change, requireProduct } from "./change.js";

export interface FactoryImage {
	readonly product: string;
	/** Of its app: four numbers. */
	readonly version: string;
	/** SHA-256, hexadecimal. */
	readonly digest: string;
	/** In bytes. */
	readonly length: number;
	/** What is written of it, each part at the same place in flash; the rest of flash is left. */
	readonly parts: readonly FlashPart[];
	/** Seconds since 1970. */
	readonly addedAt: number;
}

export interface FactoryImages {
	/** Takes a product's factory image, in the place of the one before. */
	set(product: string, image: Uint8Array): Promise<FactoryImage>;
	/** The same of a file, which isn't held in memory. */
	receive(product: string, file: ByteSource): Promise<FactoryImage>;
	show(product: string): Promise<FactoryImage>;
	remove(product: string): Promise<void>;
	/** Its bytes, which are what its digest says. */
	read(product: string): Promise<Download>;
}

export function createFactoryImages(core: Core): FactoryImages {
	const { database, images } = core;
	return {
		set: (product, image) => set(core, product, sourceOf(image)),
		receive: (product, file) => set(core, product, file),
		show: async (product) => factoryImageOf(await requireImage(database, product)),
		remove: (product) =>
			change(core, async (transaction, time) => {
				await requireImage(transaction, product);
				await deleteFactoryImage(transaction, product);
				await audit(transaction, time, "product.factory-remove", product);
			}),
		async read(product) {
			const { digest, length } = await requireImage(database, product);
			const part = { digest, start: 0, end: length };
			if (await isImageWhole(images, digest)) return downloadOf(images, part);
			const message = `The factory image of ${product} is damaged here. Give it to the service `;
			throw new OperatorError("bundle", message + "again: opendms product factory " + product);
		},
	};
}

async function set(core: Core, code: string, bytes: ByteSource): Promise<FactoryImage> {
	const { platform, version, parts } = readFactoryImage(bytes);
	const digest = toHex(digestOfSource(bytes));
	if (!(await isImageWhole(core.images, digest))) await core.images.put(digest, bytes);
	const row = await change(core, async (database, time) => {
		const product = await requireProduct(database, code);
		if (product.platform !== platform) {
			const message = code + " is for " + product.platform + ", and the factory image for ";
			throw new OperatorError("bundle", message + platform + ".");
		}
		const made = { product: code, version, digest, length: bytes.length, addedAt: time };
		await putFactoryImage(database, { ...made, parts: JSON.stringify(parts) });
		await audit(database, time, "product.factory", code, { version, digest });
		return { ...made, parts };
	});
	// It may have been pruned while no product had it: from now on one has.
	if (!(await core.images.has(digest))) await core.images.put(digest, bytes);
	return row;
}

async function requireImage(database: Database, product: string): Promise<FactoryImageRow> {
	await requireProduct(database, product);
	const row = await findFactoryImage(database, product);
	if (row !== undefined) return row;
	const message = product + " has no factory image. Its publisher gives it to the service: ";
	throw new OperatorError("bundle-unknown", message + "opendms product factory " + product);
}

function factoryImageOf({ parts, ...row }: FactoryImageRow): FactoryImage {
	return { ...row, parts: JSON.parse(parts) };
}

async function audit(
	database: Database,
	time: number,
	action: string,
	product: string,
	details: { readonly [name: string]: string } = {},
): Promise<void> {
	const subject = "product:" + product;
	await appendAudit(database, time, { actor: actor(), action, subject, details });
}

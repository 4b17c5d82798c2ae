/** Whether images are what their names say. */

import { createHash } from "node:crypto";
import type { ImageStore } from "./images.js";
import type { Database } from "./schema.js";

/** In memory at a time. */
const pieceLength = 262_144;

/** Whether the whole image is there and its bytes have the digest that is its name. */
export async function isImageWhole(images: ImageStore, digest: string): Promise<boolean> {
	const length = await images.lengthOf(digest);
	if (length === undefined) return false;
	const hash = createHash("sha256");
	for (let start = 0; start < length; start += pieceLength) {
		hash.update(await images.read(digest, start, Math.min(start + pieceLength, length)));
	}
	return hash.digest("hex") === digest;
}

export interface ImageGuard {
	/** Whether an image is whole: read once, and then known as long as it is. */
	isWhole(digest: string): Promise<boolean>;
}

/** To read a damaged one again for each who asks would be too much. */
const damagedMilliseconds = 10_000;

export function createImageGuard(images: ImageStore): ImageGuard {
	const looks = new Map<string, { readonly at: number; readonly isWhole: Promise<boolean> }>();
	return {
		async isWhole(digest) {
			const known = looks.get(digest);
			const isLate = known !== undefined && performance.now() - known.at > damagedMilliseconds;
			if (known !== undefined && ((await known.isWhole) || !isLate)) return known.isWhole;
			const isWhole = isImageWhole(images, digest);
			looks.set(digest, { at: performance.now(), isWhole });
			return isWhole;
		},
	};
}

/** The images that devices and blank chips may still get, and a version that each is of. */
export async function neededImages(
	database: Database,
): Promise<{ readonly digest: string; readonly product: string; readonly version: string }[]> {
	const ofBlankChips = database
		.selectFrom("factoryImages")
		.select(["digest", "product", "version"]);
	const rows = await database
		.selectFrom("bundles")
		.select(["digest", "product", "version"])
		.where("withdrawnAt", "is", null)
		.unionAll(ofBlankChips)
		.orderBy("digest")
		.execute();
	return rows.filter(({ digest }, index) => digest !== rows[index - 1]?.digest);
}

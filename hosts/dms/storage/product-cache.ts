/**
 * What decides about a product's updates, kept until somebody changes something: the same for all
 * its devices, and asked for at each of their queries.
 */

import { type BundleHead, bundlesOf, productKeysOf, tagsOf } from "./bundles.js";
import { steppingStonesOf } from "./stepping-stones.js";
import { findProduct } from "./products.js";
import type { SteppingStoneRow } from "./schema-stepping-stones.js";
import type { Database, ProductRow } from "./schema.js";
import type { BundleTagRow, ProductKeyRow } from "./schema-updates.js";

export interface ProductState {
	readonly product: ProductRow;
	/** The newest first. */
	readonly keys: readonly ProductKeyRow[];
	readonly bundles: readonly BundleHead[];
	readonly tags: readonly BundleTagRow[];
	/** The oldest first. */
	readonly stones: readonly SteppingStoneRow[];
}

export interface ProductCache {
	/** The state of a product after so many changes; `undefined` when there is no such product. */
	stateOf(database: Database, code: string, changes: number): Promise<ProductState | undefined>;
}

/** Some hundred bundles each: a few megabytes. */
const productsMaximum = 100;

export function createProductCache(): ProductCache {
	const kept = new Map<string, ProductState>();
	let keptAt = -1;
	return {
		async stateOf(database, code, changes) {
			if (changes !== keptAt) kept.clear();
			keptAt = changes;
			const state = kept.get(code) ?? (await readState(database, code));
			if (state === undefined) return undefined;
			if (kept.size >= productsMaximum) kept.clear();
			// Somebody may have changed something while it was read.
			if (changes === keptAt) kept.set(code, state);
			return state;
		},
	};
}

export async function readState(
	database: Database,
	code: string,
): Promise<ProductState | undefined> {
	const product = await findProduct(database, code);
	if (product === undefined) return undefined;
	return {
		product,
		keys: await productKeysOf(database, code),
		bundles: await bundlesOf(database, code),
		tags: await tagsOf(database, code),
		stones: await steppingStonesOf(database, code),
	};
}

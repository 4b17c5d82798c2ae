/** What a product's stepping stones mean to one device: rows in, facts for the rules out. */

import { platformKeysOf } from "./publisher/platform-key.js";
import { type Crosser, steppingStoneFor } from "./rules/stepping-stones.js";
import type { BundleFacts, SteppingStone } from "./rules/update-rules.js";
import type { ProductState } from "./storage/product-cache.js";
import type { SteppingStoneRow } from "./storage/schema-stepping-stones.js";
import type { ProductKeyRow } from "./storage/schema-updates.js";

/** The one that the device has before it, as far as is known of it. */
export function stoneFor(
	{ keys, stones }: Pick<ProductState, "keys" | "stones">,
	device: Crosser,
): SteppingStoneRow | undefined {
	const [newest] = keys;
	if (stones.length === 0 || newest === undefined) return undefined;
	const all = stones.map((row) => ({
		...row,
		platformKeys: platformKeysOf(row.keyStatement),
		row,
	}));
	return steppingStoneFor(all, platformKeysOf(newest.statement), device)?.row;
}

/** The product's keys, the newest first, as the platform's key of the device states them. */
export function keysFor(
	{ keys }: Pick<ProductState, "keys">,
	stone: SteppingStoneRow | undefined,
): readonly ProductKeyRow[] {
	if (stone === undefined) return keys;
	if (stone.removedAt !== null) return [];
	const { generation, keyStatement: statement } = stone;
	return keys
		.filter((key) => key.generation <= generation)
		.map((key) => (key.generation === generation ? { ...key, statement } : key));
}

export function steppingStoneOf(
	{ id, generation, bundle, removedAt, expiresAt }: SteppingStoneRow,
	bundles: readonly BundleFacts[],
): SteppingStone {
	const held = removedAt === null ? bundles.find((one) => one.id === bundle) : undefined;
	return { generation, bundle: held && { ...held, id, generation, expiresAt } };
}

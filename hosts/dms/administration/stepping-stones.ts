/**
 * What a service holds for devices that were off while their platform's key was followed by the
 * next: what the key before has stated, and an image that has the next one.
 */

import { randomUUID } from "node:crypto";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { areByOneKey, platformKeysOf } from "../publisher/platform-key.js";
import { stoneFor } from "../stepping-stones.js";
import { bundlesOf, findBundleOfVersion } from "../storage/bundles.js";
import { readState } from "../storage/product-cache.js";
import type { Database } from "../storage/schema.js";
import type { SteppingStoneRow } from "../storage/schema-stepping-stones.js";
import type { BundleRow, ProductKeyRow } from "../storage/schema-updates.js";
import {
	countByFirmware,
	insertSteppingStone,
	removeSteppingStone,
	steppingStonesOf,
} from "../storage/stepping-stones.js";
import { auditBundle } from "./bundle-tags.js";
import { change, requireProduct } from "./change.js";

export interface SteppingStone {
	/** Counts up with each change of the platform's key. */
	readonly ordinal: number;
	/** From this version on, the product's firmware has the next key; `null`: none is held. */
	readonly version: string | null;
	/** Generation of the product's key by then. */
	readonly generation: number;
	/** How many devices have it before them, as far as they have told. */
	readonly devices: number;
	/** Seconds since 1970, as `removedAt`. */
	readonly addedAt: number;
	readonly removedAt: number | null;
}

export interface SteppingStones {
	list(product: string): Promise<SteppingStone[]>;
	/** Gives nothing of it out any more: devices that have it before them need a cable. */
	remove(product: string, ordinal: number): Promise<void>;
}

export function createSteppingStones(core: Core): SteppingStones {
	return {
		list: async (product) => {
			await requireProduct(core.database, product);
			return listed(core.database, product);
		},
		remove: (product, ordinal) =>
			change(core, async (database, time) => {
				await requireProduct(database, product);
				const stones = await steppingStonesOf(database, product);
				const stone = stones.find((one) => one.ordinal === ordinal);
				if (stone === undefined) {
					const message = `${product} has no stepping stone ${ordinal}.`;
					throw new OperatorError("key", message);
				}
				if (stone.removedAt !== null) return;
				await removeSteppingStone(database, stone.id, time);
				const { version } = stone;
				await auditBundle(database, time, "product.stone.remove", product, { ordinal, version });
			}),
	};
}

async function listed(database: Database, product: string): Promise<SteppingStone[]> {
	const state = await readState(database, product);
	const firmware = await countByFirmware(database, product);
	const before = firmware.map(({ version, platformKey, devices }) => {
		const stone = state && stoneFor(state, { version, platformKey: platformKey ?? undefined });
		return { id: stone?.id, devices };
	});
	return (state?.stones ?? []).map(({ id, ordinal, version, generation, addedAt, removedAt }) => {
		const own = before.filter((one) => one.id === id);
		const devices = own.reduce((sum, one) => sum + one.devices, 0);
		return { ordinal, version, generation, devices, addedAt, removedAt };
	});
}

/** From which version on firmware has the platform's next key; `none`: devices need a cable. */
export type Since = string;
const none: Since = "none";

/**
 * Holds what leads devices over, when `statement` is by another key of the platform than the key
 * that the product has.
 */
export async function holdSteppingStone(
	database: Database,
	held: ProductKeyRow,
	statement: Uint8Array,
	since: Since | undefined,
	time: number,
): Promise<void> {
	const { product, generation } = held;
	const isByOneKey = areByOneKey(held.statement, statement);
	if (isByOneKey && since === undefined) return;
	if (isByOneKey) {
		const message = "The statement is by the platform's present key. Leave out the version.";
		throw new OperatorError("key", message);
	}
	if (platformKeysOf(statement).length === 0) {
		throw new OperatorError("key", "The statement isn't signed by a key of the platform.");
	}
	const bundle = await firstWithKey(database, held, since);
	const stones = await steppingStonesOf(database, product);
	const row: SteppingStoneRow = {
		...{ id: randomUUID(), product, ordinal: 1 + (stones.at(-1)?.ordinal ?? 0), generation },
		...{ keyStatement: held.statement, bundle: bundle?.id ?? null },
		...{ version: bundle?.version ?? null, statement: bundle?.statement ?? null },
		...{ expiresAt: bundle?.expiresAt ?? null, addedAt: time, removedAt: null },
	};
	await insertSteppingStone(database, row);
	const { ordinal, version } = row;
	await auditBundle(database, time, "product.stone", product, { ordinal, generation, version });
}

async function firstWithKey(
	database: Database,
	{ product, generation }: ProductKeyRow,
	since: Since | undefined,
): Promise<BundleRow | undefined> {
	if (since === undefined) {
		const all = await bundlesOf(database, product);
		if (all.every(({ withdrawnAt }) => withdrawnAt !== null)) return undefined;
		const message = "The statement is by another key of the platform than the one before. ";
		const way = `Say from which version on firmware has that: --since <version>, published before.`;
		throw new OperatorError("key", message + way);
	}
	if (since === none) return undefined;
	const bundle = await findBundleOfVersion(database, product, since);
	if (bundle === undefined) {
		const message = `${product} has no version ${since}. Publish it first`;
		throw new OperatorError("bundle-unknown", message + ": devices get it before this key.");
	}
	if (bundle.expiresAt !== null) {
		const message = `${since} ends, and a device may come later. Publish one without an end`;
		throw new OperatorError("key", message + ".");
	}
	if (bundle.withdrawnAt === null && bundle.generation === generation) return bundle;
	const message = `${since} has to be signed with the key of generation ${generation}`;
	throw new OperatorError("key", message + ", and not withdrawn: others can't check it.");
}

/** A bundle that is held so is nobody's to withdraw. */
export async function requireNoSteppingStone(
	database: Database,
	{ id, product, version }: BundleRow,
): Promise<void> {
	const stones = await steppingStonesOf(database, product);
	const stone = stones.find(({ bundle, removedAt }) => bundle === id && removedAt === null);
	if (stone === undefined) return;
	const message = `${version} leads devices over to the platform's next key. If none is to come, `;
	const way = `end it: opendms product stepping-stones ${product} --remove ${stone.ordinal}`;
	throw new OperatorError("bundle", message + way);
}

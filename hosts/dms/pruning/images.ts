/** Images that nobody can get any more: no product has them, and bundles that did are withdrawn. */

import type { Core } from "../core.js";
import { isFactoryImage } from "../storage/factory-images.js";
import type { Database } from "../storage/schema.js";
import { lookLength, type PruneRule } from "./rule.js";

const keepDefault = 30 * 86_400;

export const images: PruneRule = {
	kind: "images",
	keepDefault,
	keepMinimum: 0,
	async look(core, before, cursor) {
		const digests = (await core.images.list()).filter((digest) => digest > (cursor ?? "")).sort();
		const part = digests.slice(0, lookLength);
		const outdated: string[] = [];
		for (const digest of part) {
			if (!(await isNeeded(core.database, digest, before))) outdated.push(digest);
		}
		return { outdated, next: part.length < digests.length ? part.at(-1) : undefined };
	},
	/** In the transaction, so that nobody publishes the same image between question and deed. */
	async remove(core: Core, database, keys, before) {
		for (const digest of keys) {
			if (!(await isNeeded(database, digest, before))) await core.images.remove(digest, database);
		}
	},
};

/**
 * An image that neither a bundle nor a product has is of a publication that broke off: it can be
 * made again.
 */
async function isNeeded(database: Database, digest: string, before: number): Promise<boolean> {
	const row = await database
		.selectFrom("bundles")
		.select("id")
		.where("digest", "=", digest)
		.where(({ eb, or }) => or([eb("withdrawnAt", "is", null), eb("withdrawnAt", ">=", before)]))
		.limit(1)
		.executeTakeFirst();
	return row !== undefined || isFactoryImage(database, digest);
}

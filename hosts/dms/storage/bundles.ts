/** Bundles of products, the tags that point at them, and the keys that they are signed with. */

import type { Database } from "./schema.js";
import type { BundleRow, BundleTagRow, ProductKeyRow, Tag } from "./schema-updates.js";

/** The key of the highest generation. */
export async function findProductKey(
	database: Database,
	product: string,
): Promise<ProductKeyRow | undefined> {
	return database
		.selectFrom("productKeys")
		.selectAll()
		.where("product", "=", product)
		.orderBy("generation", "desc")
		.executeTakeFirst();
}

/** All keys of a product, the newest first. */
export async function productKeysOf(database: Database, product: string): Promise<ProductKeyRow[]> {
	return database
		.selectFrom("productKeys")
		.selectAll()
		.where("product", "=", product)
		.orderBy("generation", "desc")
		.execute();
}

export async function insertProductKey(database: Database, key: ProductKeyRow): Promise<void> {
	await database.insertInto("productKeys").values(key).execute();
}

/** The same key, stated anew. */
export async function restateProductKey(
	database: Database,
	{ product, generation, statement }: Pick<ProductKeyRow, "product" | "generation" | "statement">,
): Promise<void> {
	await database
		.updateTable("productKeys")
		.set({ statement })
		.where("product", "=", product)
		.where("generation", "=", generation)
		.execute();
}

export async function findBundle(database: Database, id: string): Promise<BundleRow | undefined> {
	return database.selectFrom("bundles").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function findBundleOfVersion(
	database: Database,
	product: string,
	version: string,
): Promise<BundleRow | undefined> {
	return database
		.selectFrom("bundles")
		.selectAll()
		.where("product", "=", product)
		.where("version", "=", version)
		.executeTakeFirst();
}

/** Bundles of a product that have this version or this sequence: two at most. */
export async function findBundlesAt(
	database: Database,
	product: string,
	version: string,
	sequence: number,
): Promise<BundleRow[]> {
	return database
		.selectFrom("bundles")
		.selectAll()
		.where("product", "=", product)
		.where(({ eb, or }) => or([eb("version", "=", version), eb("sequence", "=", sequence)]))
		.execute();
}

/** A bundle without its statement, which is as long as all the rest of a product. */
export type BundleHead = Omit<BundleRow, "statement">;

/** All bundles of a product, the newest first. */
export async function bundlesOf(database: Database, product: string): Promise<BundleHead[]> {
	return database
		.selectFrom("bundles")
		.select([
			...(["id", "product", "version", "sequence", "platform", "generation", "digest"] as const),
			...(["length", "expiresAt", "publishedAt", "withdrawnAt"] as const),
			...(["round", "failures", "successes"] as const),
		])
		.where("product", "=", product)
		.orderBy("sequence", "desc")
		.execute();
}

/** Adds a bundle, or puts another statement of the same image in its place. */
export async function putBundle(database: Database, bundle: BundleRow): Promise<void> {
	const { statement, generation, expiresAt } = bundle;
	await database
		.insertInto("bundles")
		.values(bundle)
		.onConflict((conflict) =>
			conflict.column("id").doUpdateSet({ statement, generation, expiresAt }),
		)
		.execute();
}

export async function withdrawBundle(database: Database, id: string, time: number): Promise<void> {
	await database.updateTable("bundles").set({ withdrawnAt: time }).where("id", "=", id).execute();
}

export async function tagsOf(database: Database, product: string): Promise<BundleTagRow[]> {
	return database
		.selectFrom("bundleTags")
		.selectAll()
		.where("product", "=", product)
		.orderBy("tag")
		.execute();
}

export async function putTag(database: Database, row: BundleTagRow): Promise<void> {
	const { bundle, percent, failurePercent, haltedAt, haltedBy, taggedAt } = row;
	await database
		.insertInto("bundleTags")
		.values(row)
		.onConflict((conflict) =>
			conflict
				.columns(["product", "tag"])
				.doUpdateSet({ bundle, percent, failurePercent, haltedAt, haltedBy, taggedAt }),
		)
		.execute();
}

export async function deleteTag(database: Database, product: string, tag: Tag): Promise<void> {
	await database
		.deleteFrom("bundleTags")
		.where("product", "=", product)
		.where("tag", "=", tag)
		.execute();
}

/** Stops all roll-outs of a bundle that go on, or the one of this tag. */
export async function haltTags(
	database: Database,
	bundle: string,
	halt: { readonly haltedAt: number; readonly haltedBy: string },
	tag?: Tag,
): Promise<void> {
	await database
		.updateTable("bundleTags")
		.set(halt)
		.where("bundle", "=", bundle)
		.where("haltedAt", "is", null)
		.$if(tag !== undefined, (query) => query.where("tag", "=", tag ?? "release"))
		.execute();
}

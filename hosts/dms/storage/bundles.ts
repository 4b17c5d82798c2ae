/** Bundles of products, the tags that point at them, and the keys that they are signed with. */

import type {
	BundleRow,
	BundleTagRow,
	Database,
	ProductKeyRow,
	Tag,
	UpdateReportRow,
} from "./schema.js";

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

export async function insertProductKey(database: Database, key: ProductKeyRow): Promise<void> {
	await database.insertInto("productKeys").values(key).execute();
}

export async function findBundle(database: Database, id: string): Promise<BundleRow | undefined> {
	return database.selectFrom("bundles").selectAll().where("id", "=", id).executeTakeFirst();
}

/** All bundles of a product, the newest first. */
export async function bundlesOf(database: Database, product: string): Promise<BundleRow[]> {
	return database
		.selectFrom("bundles")
		.selectAll()
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
	const { bundle, percent, failurePercent, haltedAt, taggedAt } = row;
	await database
		.insertInto("bundleTags")
		.values(row)
		.onConflict((conflict) =>
			conflict
				.columns(["product", "tag"])
				.doUpdateSet({ bundle, percent, failurePercent, haltedAt, taggedAt }),
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

export async function haltTags(database: Database, bundle: string, time: number): Promise<void> {
	await database
		.updateTable("bundleTags")
		.set({ haltedAt: time })
		.where("bundle", "=", bundle)
		.execute();
}

export async function putReport(database: Database, report: UpdateReportRow): Promise<void> {
	const { status, percent, reportedAt } = report;
	await database
		.insertInto("updateReports")
		.values(report)
		.onConflict((conflict) =>
			conflict.columns(["bundle", "device"]).doUpdateSet({ status, percent, reportedAt }),
		)
		.execute();
}

export async function reportsOf(database: Database, bundle: string): Promise<UpdateReportRow[]> {
	return database
		.selectFrom("updateReports")
		.selectAll()
		.where("bundle", "=", bundle)
		.orderBy("reportedAt")
		.execute();
}

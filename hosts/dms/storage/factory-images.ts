/** What a cable puts onto a product's blank chips: one image a product. */

import type { FactoryImageRow } from "./schema-factory-images.js";
import type { Database } from "./schema.js";

export async function findFactoryImage(
	database: Database,
	product: string,
): Promise<FactoryImageRow | undefined> {
	return database
		.selectFrom("factoryImages")
		.selectAll()
		.where("product", "=", product)
		.executeTakeFirst();
}

export async function putFactoryImage(database: Database, row: FactoryImageRow): Promise<void> {
	await deleteFactoryImage(database, row.product);
	await database.insertInto("factoryImages").values(row).execute();
}

export async function deleteFactoryImage(database: Database, product: string): Promise<void> {
	await database.deleteFrom("factoryImages").where("product", "=", product).execute();
}

export async function isFactoryImage(database: Database, digest: string): Promise<boolean> {
	const row = await database
		.selectFrom("factoryImages")
		.select("product")
		.where("digest", "=", digest)
		.executeTakeFirst();
	return row !== undefined;
}

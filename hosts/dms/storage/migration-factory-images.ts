/** Migration 051: what a cable puts onto a product's blank chips. */

import type { Kysely } from "kysely";

export async function createFactoryImages(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("factoryImages")
		.addColumn("product", "text", (column) => column.primaryKey().references("products.code"))
		.addColumn("version", "text", (column) => column.notNull())
		.addColumn("digest", "text", (column) => column.notNull())
		.addColumn("length", "integer", (column) => column.notNull())
		.addColumn("parts", "text", (column) => column.notNull())
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.execute();
}

/** Migration 080: what leads devices over to the next key of their platform. */

import type { Kysely } from "kysely";

export async function createSteppingStones(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("steppingStones")
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("product", "text", (column) => column.notNull().references("products.code"))
		.addColumn("ordinal", "integer", (column) => column.notNull())
		.addColumn("generation", "integer", (column) => column.notNull())
		.addColumn("keyStatement", "blob", (column) => column.notNull())
		.addColumn("bundle", "text", (column) => column.references("bundles.id"))
		.addColumn("version", "text")
		.addColumn("statement", "blob")
		.addColumn("expiresAt", "bigint")
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addColumn("removedAt", "bigint")
		.addUniqueConstraint("steppingStonesInOrder", ["product", "ordinal"])
		.execute();
	// The name of its platform's key, as it has told it last.
	await database.schema.alterTable("devices").addColumn("platformKey", "text").execute();
}

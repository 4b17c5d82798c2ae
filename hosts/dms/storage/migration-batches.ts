/** Migration 050: batches of boards that a factory line makes into devices. */

import type { Kysely } from "kysely";

export async function createBatches(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("batches")
		.addColumn("name", "text", (column) => column.primaryKey())
		.addColumn("product", "text", (column) => column.notNull().references("products.code"))
		.addColumn("quota", "integer", (column) => column.notNull())
		.addColumn("label", "text", (column) => column.notNull())
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addColumn("closedAt", "bigint")
		.execute();
	await database.schema
		.createTable("batchBoards")
		.addColumn("hardware", "text", (column) => column.primaryKey())
		.addColumn("batch", "text", (column) => column.notNull().references("batches.name"))
		.addColumn("keyId", "text")
		.addColumn("digest", "text")
		.addColumn("device", "text")
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addColumn("madeAt", "bigint")
		.execute();
	await database.schema
		.createIndex("batchBoardsByBatch")
		.on("batchBoards")
		.columns(["batch", "madeAt"])
		.execute();
}

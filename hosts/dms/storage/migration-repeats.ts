/** Migration 023: changes of the API that may be asked for again, by their idempotency key. */

import type { Kysely } from "kysely";

export async function createIdempotencyKeys(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("repeats")
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("caller", "text", (column) => column.notNull())
		.addColumn("requestDigest", "text", (column) => column.notNull())
		.addColumn("begunAt", "bigint", (column) => column.notNull())
		.addColumn("changedAt", "bigint")
		.addColumn("answer", "blob")
		.addColumn("length", "integer", (column) => column.notNull())
		.execute();
	await database.schema
		.createIndex("repeatsByCaller")
		.on("repeats")
		.columns(["caller", "begunAt"])
		.execute();
	await database.schema.createIndex("repeatsByTime").on("repeats").column("begunAt").execute();
}

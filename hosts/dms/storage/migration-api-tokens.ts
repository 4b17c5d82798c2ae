/** Migration 020: tokens with which programs use the API. */

import type { Kysely } from "kysely";

export async function createApiTokens(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("apiTokens")
		.addColumn("name", "text", (column) => column.primaryKey())
		.addColumn("digest", "text", (column) => column.notNull().unique())
		.addColumn("role", "text", (column) => column.notNull())
		.addColumn("user", "text", (column) => column.references("users.name").onDelete("cascade"))
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.execute();
}

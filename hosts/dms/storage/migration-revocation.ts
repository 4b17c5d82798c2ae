/** Migration 040: certificates that others must not trust any more, and the lists that say so. */

import type { Kysely } from "kysely";

export async function createRevocation(database: Kysely<unknown>): Promise<void> {
	await database.schema.alterTable("devices").addColumn("revokedAt", "bigint").execute();
	await database.schema
		.createTable("revokedCertificates")
		.addColumn("serial", "text", (column) => column.primaryKey())
		.addColumn("device", "text", (column) => column.notNull())
		.addColumn("authority", "text")
		.addColumn("reason", "text", (column) => column.notNull())
		.addColumn("revokedAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("revocationLists")
		.addColumn("authority", "text", (column) => column.primaryKey())
		.addColumn("number", "bigint", (column) => column.notNull())
		.addColumn("list", "blob", (column) => column.notNull())
		.addColumn("signedAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.execute();
}

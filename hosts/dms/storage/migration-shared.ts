/**
 * Migration 005: what processes on many machines have in common besides, the keys and the images.
 * SQLite has these tables too, empty: there both are files of the data folder.
 */

import type { Kysely } from "kysely";

export async function createShared(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("credentials")
		.addColumn("name", "text", (column) => column.primaryKey())
		.addColumn("privateKey", "text", (column) => column.notNull())
		.addColumn("certificate", "text", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("images")
		.addColumn("digest", "text", (column) => column.primaryKey())
		.addColumn("length", "integer", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("imagePieces")
		.addColumn("digest", "text", (column) =>
			column.notNull().references("images.digest").onDelete("cascade"),
		)
		.addColumn("start", "integer", (column) => column.notNull())
		.addColumn("bytes", "blob", (column) => column.notNull())
		.addPrimaryKeyConstraint("imagePiecesKey", ["digest", "start"])
		.execute();
}

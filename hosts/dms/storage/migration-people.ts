/** Migration 021: users log in. Those that are there own what they own, and have no password. */

import type { Kysely } from "kysely";

export async function createPeople(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.alterTable("users")
		.addColumn("role", "text", (column) => column.notNull().defaultTo("owner"))
		.execute();
	await database.schema
		.createTable("passwords")
		.addColumn("user", "text", (column) =>
			column.primaryKey().references("users.name").onDelete("cascade"),
		)
		.addColumn("hash", "text", (column) => column.notNull())
		.addColumn("setAt", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("sessions")
		.addColumn("digest", "text", (column) => column.primaryKey())
		.addColumn("user", "text", (column) =>
			column.notNull().references("users.name").onDelete("cascade"),
		)
		.addColumn("startedAt", "bigint", (column) => column.notNull())
		.addColumn("seenAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.addColumn("address", "text", (column) => column.notNull())
		.addColumn("agent", "text", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("invites")
		.addColumn("digest", "text", (column) => column.primaryKey())
		.addColumn("user", "text", (column) =>
			column.notNull().references("users.name").onDelete("cascade"),
		)
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addColumn("expiresAt", "bigint", (column) => column.notNull())
		.execute();
	for (const table of ["sessions", "invites"]) {
		await database.schema
			.createIndex(table + "ByUser")
			.on(table)
			.column("user")
			.execute();
	}
}

/** Migration 022: users whom an identity provider recognizes, by OpenID Connect. */

import type { Kysely } from "kysely";

export async function createIdentities(database: Kysely<unknown>): Promise<void> {
	await database.schema.alterTable("users").addColumn("email", "text").execute();
	await database.schema.createIndex("usersByEmail").unique().on("users").column("email").execute();
	await database.schema
		.createTable("identities")
		.addColumn("issuer", "text", (column) => column.notNull())
		.addColumn("subject", "text", (column) => column.notNull())
		.addColumn("user", "text", (column) =>
			column.notNull().references("users.name").onDelete("cascade"),
		)
		.addColumn("addedAt", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("identitiesKey", ["issuer", "subject"])
		.execute();
	await database.schema
		.createIndex("identitiesByUser")
		.on("identities")
		.columns(["user", "issuer"])
		.unique()
		.execute();
}

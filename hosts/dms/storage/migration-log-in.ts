/** Migration 070: log-ins that failed, for all processes of the service. */

import type { Kysely } from "kysely";

export async function createLogInAttempts(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("logInAttempts")
		.addColumn("key", "text", (column) => column.primaryKey())
		.addColumn("failures", "integer", (column) => column.notNull())
		.addColumn("at", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createIndex("logInAttemptsByTime")
		.on("logInAttempts")
		.column("at")
		.execute();
}

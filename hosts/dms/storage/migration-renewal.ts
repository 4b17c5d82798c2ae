/** Migration 030: devices renew their keys, and a CA is followed by the next. */

import { type Kysely, sql } from "kysely";

export async function createRenewal(database: Kysely<unknown>): Promise<void> {
	await database.schema.alterTable("devices").addColumn("nextKeyId", "text").execute();
	await database.schema.alterTable("devices").addColumn("nextPublicKey", "blob").execute();
	await database.schema
		.createIndex("devicesByNextKey")
		.unique()
		.on("devices")
		.column("nextKeyId")
		.execute();
	await database.schema
		.createTable("replacedKeys")
		.addColumn("keyId", "text", (column) => column.primaryKey())
		.addColumn("publicKey", "blob", (column) => column.notNull())
		.addColumn("device", "text", (column) => column.notNull())
		.addColumn("replacedAt", "bigint", (column) => column.notNull())
		.addColumn("refusedAt", "bigint")
		.execute();
	await database.schema.alterTable("certificates").addColumn("keyId", "text").execute();
	await database.schema.alterTable("certificates").addColumn("authority", "text").execute();
	await database.schema.alterTable("provisioningTokens").addColumn("authority", "text").execute();
	// Until now a device had one key, and the service one CA.
	await sql`update certificates set ${sql.ref("keyId")} =
		(select ${sql.ref("keyId")} from devices where uuid = device)`.execute(database);
}

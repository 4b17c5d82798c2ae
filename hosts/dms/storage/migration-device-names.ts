/** Migration 090: what people call a device. */

import { type Kysely, sql } from "kysely";

export async function createDeviceNames(database: Kysely<unknown>): Promise<void> {
	await database.schema.alterTable("devices").addColumn("name", "text").execute();
	// A part of a name is looked for in this index: it has those with a name, in the list's order.
	await database.schema
		.createIndex("devicesNamed")
		.on("devices")
		.columns(["uuid", "name"])
		.where(sql.ref("name"), "is not", null)
		.execute();
}

/**
 * Migration 060: the first page of a list of devices, whatever they are filtered by. A list is in
 * the order of UUIDs, so each index has them, and those of rare things have nothing else.
 */

import { type Kysely, sql } from "kysely";

export async function createDeviceLists(database: Kysely<unknown>): Promise<void> {
	for (const [name, columns] of [
		["devicesByVersion", ["version", "uuid"]],
		["devicesByState", ["state", "uuid"]],
		// To look through it takes a tenth of looking through the table.
		["devicesSeen", ["uuid", "lastSeenAt"]],
	] as const) {
		await database.schema
			.createIndex(name)
			.on("devices")
			.columns([...columns])
			.execute();
	}
	for (const [name, column] of [
		["devicesLocked", "lockedAt"],
		["devicesCopied", "otherHardware"],
	] as const) {
		await database.schema
			.createIndex(name)
			.on("devices")
			.column("uuid")
			.where(sql.ref(column), "is not", null)
			.execute();
	}
}

/** Migration 003: devices that are locked out or deleted, and hardware seen under their keys. */

import type { Kysely } from "kysely";

export async function createLockout(database: Kysely<unknown>): Promise<void> {
	const devices = [
		["lockedAt", "bigint"],
		["otherHardware", "text"],
		["otherHardwareAt", "bigint"],
	] as const;
	for (const [name, type] of devices) {
		await database.schema.alterTable("devices").addColumn(name, type).execute();
	}
	await database.schema
		.createTable("deletedDevices")
		.addColumn("keyId", "text", (column) => column.primaryKey())
		.addColumn("uuid", "text", (column) => column.notNull().unique())
		.addColumn("deletedAt", "bigint", (column) => column.notNull())
		.execute();
}

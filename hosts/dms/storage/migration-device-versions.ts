/** Migration 091: how many devices of a product run which version, without reading the devices. */

import type { Kysely } from "kysely";

export async function createDeviceVersions(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createIndex("devicesByProductVersion")
		.on("devices")
		.columns(["product", "version"])
		.execute();
}

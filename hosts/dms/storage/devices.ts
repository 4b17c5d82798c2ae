/** Devices: one for each public key that was provisioned. */

import type { Updateable } from "kysely";
import { isUuidDeleted } from "./deleted-devices.js";
import type { Database, DeviceRow } from "./schema.js";

export async function findDevice(database: Database, uuid: string): Promise<DeviceRow | undefined> {
	return database.selectFrom("devices").selectAll().where("uuid", "=", uuid).executeTakeFirst();
}

export async function findDeviceByKey(
	database: Database,
	keyId: string,
): Promise<DeviceRow | undefined> {
	return database.selectFrom("devices").selectAll().where("keyId", "=", keyId).executeTakeFirst();
}

/** Whether a device has this UUID, or had it until it was deleted. */
export async function isUuidTaken(database: Database, uuid: string): Promise<boolean> {
	return (await findDevice(database, uuid)) !== undefined || (await isUuidDeleted(database, uuid));
}

export async function listDevices(database: Database): Promise<DeviceRow[]> {
	return database
		.selectFrom("devices")
		.selectAll()
		.orderBy("firstSeenAt")
		.orderBy("uuid")
		.execute();
}

/** Any device of this owner. */
export async function findDeviceOf(
	database: Database,
	owner: string,
): Promise<DeviceRow | undefined> {
	return database
		.selectFrom("devices")
		.selectAll()
		.where("owner", "=", owner)
		.limit(1)
		.executeTakeFirst();
}

export async function insertDevice(database: Database, device: DeviceRow): Promise<void> {
	await database.insertInto("devices").values(device).execute();
}

export async function updateDevice(
	database: Database,
	uuid: string,
	changes: Updateable<DeviceRow>,
): Promise<void> {
	await database.updateTable("devices").set(changes).where("uuid", "=", uuid).execute();
}

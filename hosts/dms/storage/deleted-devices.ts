/** Devices that the operator has deleted: their keys and UUIDs never come back. */

import { countReport } from "./reports.js";
import type { Database, DeletedDeviceRow, DeviceRow } from "./schema.js";
import type { UpdateReportRow } from "./schema-updates.js";

export async function isKeyDeleted(database: Database, keyId: string): Promise<boolean> {
	const rows = database.selectFrom("deletedDevices").select("keyId");
	return (await rows.where("keyId", "=", keyId).executeTakeFirst()) !== undefined;
}

export async function isUuidDeleted(database: Database, uuid: string): Promise<boolean> {
	const rows = database.selectFrom("deletedDevices").select("keyId");
	return (await rows.where("uuid", "=", uuid).executeTakeFirst()) !== undefined;
}

/** Deletes all that is kept of a device but its entries in the audit log. */
export async function deleteDevice(
	database: Database,
	device: DeviceRow,
	deletedAt: number,
): Promise<void> {
	const { uuid, keyId } = device;
	for (const { bundle, status } of await reportsBy(database, uuid)) {
		await countReport(database, bundle, status, -1);
	}
	for (const table of ["certificates", "claimTokenUses", "updateReports"] as const) {
		await database.deleteFrom(table).where("device", "=", uuid).execute();
	}
	await database.deleteFrom("devices").where("uuid", "=", uuid).execute();
	const row: DeletedDeviceRow = { keyId, uuid, deletedAt };
	await database.insertInto("deletedDevices").values(row).execute();
}

async function reportsBy(database: Database, device: string): Promise<UpdateReportRow[]> {
	return database.selectFrom("updateReports").selectAll().where("device", "=", device).execute();
}

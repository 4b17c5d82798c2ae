/** The keys of a device beside its present one: the next, and those that were replaced. */

import { updateDevice } from "./devices.js";
import { revokeCertificates } from "./revocations.js";
import type { Database, DeviceRow, ReplacedKeyRow } from "./schema.js";

/** The device whose next key this is: it has not been used yet. */
export async function findDeviceByNextKey(
	database: Database,
	keyId: string,
): Promise<DeviceRow | undefined> {
	const rows = database.selectFrom("devices").selectAll();
	return rows.where("nextKeyId", "=", keyId).executeTakeFirst();
}

export async function findReplacedKey(
	database: Database,
	keyId: string,
): Promise<ReplacedKeyRow | undefined> {
	const rows = database.selectFrom("replacedKeys").selectAll();
	return rows.where("keyId", "=", keyId).executeTakeFirst();
}

/**
 * From now on `next` is the device's key, and the one before is refused: here at once, elsewhere
 * with the next list of revoked certificates. Returns the device.
 */
export async function replaceKey(
	database: Database,
	device: DeviceRow,
	next: { readonly keyId: string; readonly publicKey: Uint8Array },
	replacedAt: number,
): Promise<DeviceRow> {
	const { keyId, publicKey, uuid } = device;
	const row: ReplacedKeyRow = { keyId, publicKey, device: uuid, replacedAt, refusedAt: null };
	await database.insertInto("replacedKeys").values(row).execute();
	await revokeCertificates(database, uuid, "superseded", replacedAt, keyId);
	const changes = { ...next, nextKeyId: null, nextPublicKey: null };
	await updateDevice(database, uuid, changes);
	return { ...device, ...changes };
}

/** Notes that a replaced key was refused. */
export async function noteRefusal(
	database: Database,
	keyId: string,
	refusedAt: number,
): Promise<void> {
	const row = database.updateTable("replacedKeys").set({ refusedAt });
	await row.where("keyId", "=", keyId).execute();
}

/** Takes a device from its owner: by the device after a factory reset, or by the operator. */

import { appendAudit } from "./storage/audit.js";
import { updateDevice } from "./storage/devices.js";
import type { Database, DeviceRow } from "./storage/schema.js";

/** A device with another owner, or none: nothing that was set for the one before is left. */
export async function giveDevice(
	database: Database,
	device: DeviceRow,
	owner: string | null,
): Promise<void> {
	await updateDevice(database, device.uuid, { owner, name: null, tag: null, pin: null });
}

/** Does nothing when nobody owns the device. */
export async function releaseDevice(
	database: Database,
	device: DeviceRow,
	actor: string,
	time: number,
): Promise<void> {
	if (device.owner === null) return;
	await giveDevice(database, device, null);
	await appendAudit(database, time, {
		actor,
		action: "device.release",
		subject: "device:" + device.uuid,
		details: { from: device.owner },
	});
}

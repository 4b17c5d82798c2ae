/** Notices a device's key on another piece of hardware: a swapped board, or a copied flash. */

import { appendAudit } from "../storage/audit.js";
import { updateDevice } from "../storage/devices.js";
import type { Database, DeviceRow } from "../storage/schema.js";

/** Keeps what was seen last, for `device show`, and one entry an hour in the audit log for each. */
export async function noteHardware(
	database: Database,
	device: DeviceRow,
	{ hardware }: { readonly hardware?: string | undefined },
	time: number,
): Promise<void> {
	if (hardware === undefined || hardware === device.hardware) return;
	if (hardware !== device.otherHardware) {
		const seen = { otherHardware: hardware, otherHardwareAt: time };
		await updateDevice(database, device.uuid, seen);
	}
	await appendAudit(database, time, {
		actor: "device:" + device.uuid,
		action: "device.hardware",
		subject: "hardware:" + hardware,
		rule: "hardware-other",
		details: { provisioned: device.hardware },
	});
}

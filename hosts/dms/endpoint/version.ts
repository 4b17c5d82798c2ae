/** Which firmware a device has: any of its signed requests may say it. */

import { decodeMessage } from "../../../src/protocol/messages.js";
import { isVersion } from "../../../src/protocol/version.js";
import { updateDevice } from "../storage/devices.js";
import type { Database, DeviceRow } from "../storage/schema.js";
import { type Answer, refuse } from "./answer.js";

/**
 * The device with the version that its request's body says, if it says one. Nothing is written
 * where it is no other: a device says the same one a thousand times.
 */
export async function withVersion(
	database: Database,
	device: DeviceRow,
	body: Uint8Array,
): Promise<DeviceRow | Answer> {
	const version = body.length === 0 ? undefined : decodeMessage(body)?.version;
	if (version === undefined || version === device.version) return device;
	if (typeof version !== "string" || !isVersion(version)) return refuse("request");
	await updateDevice(database, device.uuid, { version });
	return { ...device, version };
}

/** `PUT /provision`: the device's flash holds its credentials. Any number of times. */

import { appendAudit } from "../storage/audit.js";
import { updateDevice } from "../storage/devices.js";
import { type Answer, noContent } from "./answer.js";
import type { DeviceRequest } from "./device-endpoint.js";

export async function acknowledge(request: DeviceRequest): Promise<Answer> {
	const { database, device, time } = request;
	if (device.state === "issued") {
		await updateDevice(database, device.uuid, { state: "provisioned" });
		const subject = "device:" + device.uuid;
		await appendAudit(database, time, { actor: subject, action: "device.acknowledge", subject });
	}
	return noContent;
}

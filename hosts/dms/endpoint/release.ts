/** `DELETE /claim`: the device was reset to factory settings, so nobody owns it any more. */

import { releaseDevice } from "../release.js";
import { type Answer, noContent } from "./answer.js";
import type { DeviceRequest } from "./device-endpoint.js";

export async function release(request: DeviceRequest): Promise<Answer> {
	const { database, device, time } = request;
	await releaseDevice(database, device, "device:" + device.uuid, time);
	return noContent;
}

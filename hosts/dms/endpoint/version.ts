/** Which firmware a device has: any of its signed requests may say it. */

import { decodeMessage } from "../../../src/protocol/messages.js";
import { isVersion } from "../../../src/protocol/version.js";
import type { DeviceRow } from "../storage/schema.js";
import { type Answer, refuse } from "./answer.js";

/** The version that a request's body says; the device's own where it says none. */
export function versionIn(body: Uint8Array, device: DeviceRow): string | Answer {
	const version = body.length === 0 ? undefined : decodeMessage(body)?.version;
	if (version === undefined) return device.version;
	return typeof version === "string" && isVersion(version) ? version : refuse("request");
}

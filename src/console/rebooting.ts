/** How commands end that have the device begin anew. */

import type { Device } from "../device.js";

/** What such a command answers; the device restarts behind it. */
export function rebooting(device: Device): string {
	device.endWith(() => device.host.system.restart());
	return "Rebooting";
}

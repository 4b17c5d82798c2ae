/** Confirming what can't be undone: the person types the device's own MAC. */

import type { Device } from "../device.js";
import { DmsError, DmsResult } from "../protocol/result.js";

/** Throws unless `mac` is the device's own. */
export function checkConfirmed({ network }: Device, command: string, mac: string): void {
	if (network.mac === "") {
		throw new DmsError(
			DmsResult.Unsupported,
			"The radio is off, so there is no MAC to confirm it with. First: faults_reset, reboot",
		);
	}
	if (mac.toLowerCase() !== network.mac) {
		throw new DmsError(
			DmsResult.BadArgument,
			"Confirm with this device's own MAC: " + command + " " + network.mac,
		);
	}
}

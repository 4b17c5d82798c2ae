/** Faults and updates. */

import type { Command, Device } from "../../device.js";
import { dfuSentence, QueryStatus } from "../../update/status.js";
import { isOn } from "../values.js";
import { hasHeader } from "../variables/console-variables.js";

function outcome(device: Device, isArmed: boolean): string {
	if (!isArmed) return dfuSentence(device.dfu.status);
	device.endWith(() => device.host.system.restart());
	return "Rebooting";
}

export const updateCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "dfu_query",
		abbreviation: "dfuq",
		parameters: "",
		help: "asks whether there is an update for this device",
		count: Object.freeze([0, 0]),
		run: async (device) => {
			const { status, message } = await device.dfu.query();
			if (isOn(device, hasHeader)) return status + "," + message;
			return status === QueryStatus.Available ? "Update available: " + message : message;
		},
	}),
	Object.freeze<Command>({
		name: "dfu_update",
		abbreviation: "dfuu",
		parameters: "[version]",
		help: "installs the update for this device, or that version of its firmware",
		count: Object.freeze([0, 1]),
		// Nothing waits here while the image comes: what waits takes memory.
		run: (device, [version]) =>
			device.dfu.update(version).then((isArmed) => outcome(device, isArmed)),
	}),
	Object.freeze<Command>({
		name: "faults_print",
		abbreviation: "faup",
		parameters: "",
		help: "shows how often in a row the device has failed, and how",
		count: Object.freeze([0, 0]),
		run: ({ faults: { count, reason } }) =>
			count === 0 ? "No faults" : ["Faults in a row: " + count, "The last: " + reason],
	}),
	Object.freeze<Command>({
		name: "faults_reset",
		abbreviation: "faur",
		parameters: "",
		help: "forgets the faults; the next start is with the app again",
		count: Object.freeze([0, 0]),
		run: ({ faults }) => {
			faults.reset();
			return "Success";
		},
	}),
]);

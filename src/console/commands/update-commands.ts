/** Faults and updates. */

import type { Answer, Command, Device } from "../../device.js";
import { dfuSentence, QueryStatus } from "../../update/status.js";
import { CommandError, ErrorDigit } from "../reply.js";
import { isOn } from "../values.js";
import { hasHeader } from "../variables/console-variables.js";

const otaUsage = "Usage: ota [-b] [version]";

function shownFaults({ faults: { count, reason, isForced } }: Device): Answer {
	if (count === 0) return "No faults";
	if (isForced) return "No faults: safe mode was asked for. Next: faults_reset, reboot";
	return ["Faults in a row: " + count, "The last: " + reason];
}

function resetFaults({ faults }: Device): string {
	faults.reset();
	return "Success";
}

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
		count: Object.freeze([0, 0]),
		run: (device) =>
			device.dfu.query().then(({ status, message }) => {
				if (isOn(device, hasHeader)) return status + "," + message;
				return status === QueryStatus.Available ? "Update available: " + message : message;
			}),
	}),
	Object.freeze<Command>({
		name: "dfu_update",
		abbreviation: "dfuu",
		parameters: "[version]",
		count: Object.freeze([0, 1]),
		// Nothing waits here while the image comes: what waits takes memory.
		run: (device, [version]) =>
			device.dfu.update(version).then((isArmed) => outcome(device, isArmed)),
	}),
	Object.freeze<Command>({
		name: "ota",
		parameters: "[-b] [version]",
		count: Object.freeze([0, 2]),
		options: Object.freeze(["-b"]),
		run: (device, words) => {
			const [version, ...more] = words[0] === "-b" ? words.slice(1) : words;
			if (more.length > 0) throw new CommandError(ErrorDigit.TooManyArguments, otaUsage);
			return device.dfu.update(version).then((isArmed) => outcome(device, isArmed));
		},
	}),
	Object.freeze<Command>({
		name: "faults_print",
		abbreviation: "faup",
		parameters: "",
		count: Object.freeze([0, 0]),
		run: shownFaults,
	}),
	Object.freeze<Command>({
		name: "faults",
		parameters: "print | reset",
		count: Object.freeze([1, 1]),
		options: Object.freeze(["print", "reset"]),
		run: (device, [what]) => {
			if (what === "print") return shownFaults(device);
			if (what !== "reset") throw new CommandError(ErrorDigit.InvalidArgument, "print or reset.");
			return resetFaults(device);
		},
	}),
	Object.freeze<Command>({
		name: "force_safemode",
		parameters: "",
		count: Object.freeze([0, 0]),
		run: (device) => {
			device.faults.force();
			device.endWith(() => device.host.system.restart());
			return "Rebooting";
		},
	}),
	Object.freeze<Command>({
		name: "faults_reset",
		abbreviation: "faur",
		parameters: "",
		count: Object.freeze([0, 0]),
		run: resetFaults,
	}),
]);

/** Faults, and safe mode. */

import type { Answer, Command, Device } from "../../device.js";
import { rebooting } from "../rebooting.js";
import { CommandError, ErrorDigit } from "../reply.js";

function shownFaults({ faults: { count, reason, isForced } }: Device): Answer {
	if (count === 0) return "No faults";
	if (isForced) return "No faults: safe mode was asked for. Next: faults_reset, reboot";
	return ["Faults in a row: " + count, "The last: " + reason];
}

function resetFaults({ faults }: Device): string {
	faults.reset();
	return "Success";
}

export const faultCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "faults_print",
		abbreviation: "faup",
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
		run: (device) => {
			device.faults.force();
			return rebooting(device);
		},
	}),
	Object.freeze<Command>({
		name: "faults_reset",
		abbreviation: "faur",
		run: resetFaults,
	}),
]);

/** Updates. */

import type { Command, Device } from "../../device.js";
import { DmsError, DmsResult } from "../../protocol/result.js";
import type { Dfu } from "../../update/dfu.js";
import { dfuSentence, QueryStatus } from "../../update/status.js";
import { rebooting } from "../rebooting.js";
import { CommandError, ErrorDigit } from "../reply.js";
import { isOn } from "../values.js";
import { hasHeader } from "../variables/console-variables.js";

const otaUsage = "Usage: ota [-b] [version]";

/** A firmware with these commands has it. */
function dfuOf({ dfu }: Device): Dfu {
	if (dfu === undefined) throw new DmsError(DmsResult.Unsupported);
	return dfu;
}

/** Nothing waits here while the image comes: what waits takes memory. */
function update(device: Device, version: string | undefined): Promise<string> {
	const dfu = dfuOf(device);
	return dfu
		.update(version)
		.then((isArmed) => (isArmed ? rebooting(device) : dfuSentence(dfu.status)));
}

export const updateCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "dfu_query",
		abbreviation: "dfuq",
		run: (device) =>
			dfuOf(device)
				.query()
				.then(({ status, message }) => {
					if (isOn(device, hasHeader)) return status + "," + message;
					return status === QueryStatus.Available ? "Update available: " + message : message;
				}),
	}),
	Object.freeze<Command>({
		name: "dfu_update",
		abbreviation: "dfuu",
		parameters: "[version]",
		count: Object.freeze([0, 1]),
		run: (device, [version]) => update(device, version),
	}),
	Object.freeze<Command>({
		name: "ota",
		parameters: "[-b] [version]",
		count: Object.freeze([0, 2]),
		options: Object.freeze(["-b"]),
		run: (device, words) => {
			const [version, ...more] = words[0] === "-b" ? words.slice(1) : words;
			if (more.length > 0) throw new CommandError(ErrorDigit.TooManyArguments, otaUsage);
			return update(device, version);
		},
	}),
]);

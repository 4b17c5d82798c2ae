/** Faults and updates. */

import type { Command } from "../../device.js";

export const updateCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "faults_print",
		abbreviation: "faup",
		parameters: "",
		help: "shows how often in a row the device has failed, and how",
		count: Object.freeze([0, 0]),
		run: ({ faults: { count, reason } }) =>
			count === 0 ? "No faults" : "Faults in a row: " + count + "\r\nThe last: " + reason,
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

/** Commands and variables about faults and updates: one row each. */

import type { Command, Variable } from "../device.js";

export const updateCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "faults_print",
		parameters: "",
		help: "shows how often in a row the device has failed, and how",
		count: [0, 0],
		run: ({ faults: { count, reason } }) =>
			count === 0 ? "No faults" : "Faults in a row: " + count + "\r\nThe last: " + reason,
	}),
	Object.freeze<Command>({
		name: "faults_reset",
		parameters: "",
		help: "forgets the faults; the next start is with the app again",
		count: [0, 0],
		run: ({ faults }) => {
			faults.reset();
			return "Success";
		},
	}),
]);

export const updateVariables: readonly Variable[] = Object.freeze([
	Object.freeze<Variable>({
		name: "system.safemode.status",
		help: "1 when the device does without its app, because that has failed too often",
		get: ({ faults }) => (faults.isSafeMode ? "1" : "0"),
	}),
]);

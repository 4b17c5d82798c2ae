/** Faults and updates. */

import type { Variable } from "../../device.js";

export const updateVariables: readonly Variable[] = Object.freeze([
	Object.freeze<Variable>({
		name: "system.safemode.status",
		type: "boolean",
		access: "get",
		help: "1 when the device does without its app, because that has failed too often",
		get: ({ faults }) => (faults.isSafeMode ? "1" : "0"),
	}),
]);

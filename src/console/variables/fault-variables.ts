/** Safe mode. */

import type { Variable } from "../../device.js";

export const faultVariables: readonly Variable[] = Object.freeze([
	Object.freeze<Variable>({
		name: "system.safemode.status",
		type: "boolean",
		access: "get",
		get: ({ faults }) => (faults.isSafeMode ? "1" : "0"),
	}),
]);

/** Faults and updates. */

import type { Variable } from "../../device.js";
import { bundleIdLength } from "../../protocol/update.js";

/** Codes have three digits. */
const dfuStatusMaximum = 999;

/** Gecko OS keeps this one over a factory reset. */
export const logsEnabled = Object.freeze<Variable>({
	name: "dfu.logs_enabled",
	type: "boolean",
	access: "get/set",
	initial: "0",
});

export const pollEnabled = Object.freeze<Variable>({
	name: "dfu.poll_enabled",
	type: "boolean",
	access: "get/set",
	initial: "0",
});

export const updateVariables: readonly Variable[] = Object.freeze([
	logsEnabled,
	pollEnabled,
	Object.freeze<Variable>({
		name: "dfu.status",
		type: "integer",
		access: "get",
		maximum: dfuStatusMaximum,
		get: ({ dfu }) => String(dfu.status),
	}),
	Object.freeze<Variable>({
		name: "dms.bundle_id",
		type: "text",
		access: "get",
		maximum: bundleIdLength,
		get: ({ dfu }) => dfu.bundle,
	}),
	Object.freeze<Variable>({
		name: "system.safemode.status",
		type: "boolean",
		access: "get",
		get: ({ faults }) => (faults.isSafeMode ? "1" : "0"),
	}),
]);

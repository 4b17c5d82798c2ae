/** Updates. */

import type { Variable } from "../../device.js";
import { bundleIdLength } from "../../protocol/update.js";
import { logsSetting, pollSetting } from "../../update/owner.js";

/** Codes have three digits. */
const dfuStatusMaximum = 999;

const logsEnabled = Object.freeze<Variable>({
	name: logsSetting,
	type: "boolean",
	initial: "0",
});

const pollEnabled = Object.freeze<Variable>({
	name: pollSetting,
	type: "boolean",
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
		get: ({ dfu }) => String(dfu?.status ?? 0),
	}),
	Object.freeze<Variable>({
		name: "dms.bundle_id",
		access: "get",
		maximum: bundleIdLength,
		get: ({ dfu }) => dfu?.bundle ?? "",
	}),
]);

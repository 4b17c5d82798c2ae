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
	help: "show every percent of a download",
});

export const pollEnabled = Object.freeze<Variable>({
	name: "dfu.poll_enabled",
	type: "boolean",
	access: "get/set",
	initial: "0",
	help: "ask for updates, and install them, as often as the service wants; from the next reset on",
});

export const updateVariables: readonly Variable[] = Object.freeze([
	logsEnabled,
	pollEnabled,
	Object.freeze<Variable>({
		name: "dfu.status",
		type: "integer",
		access: "get",
		maximum: dfuStatusMaximum,
		help: "how the last update since the reset stands; PROTOCOL.md has the numbers",
		get: ({ dfu }) => String(dfu.status),
	}),
	Object.freeze<Variable>({
		name: "dms.bundle_id",
		type: "text",
		access: "get",
		maximum: bundleIdLength,
		help: "UUID of the bundle that runs; none for one that came by cable",
		get: ({ dfu }) => dfu.bundle,
	}),
	Object.freeze<Variable>({
		name: "system.safemode.status",
		type: "boolean",
		access: "get",
		help: "1 when the device does without its app, because that has failed too often",
		get: ({ faults }) => (faults.isSafeMode ? "1" : "0"),
	}),
]);

/** The variables of a device that takes no updates. */

import type { Variable } from "../../device.js";
import { consoleVariables } from "./console-variables.js";
import { dmsVariables } from "./dms-variables.js";
import { faultVariables } from "./fault-variables.js";
import { networkVariables } from "./network-variables.js";
import { systemVariables } from "./system-variables.js";

export const noUpdateVariables: readonly Variable[] = Object.freeze([
	...dmsVariables,
	...networkVariables,
	...consoleVariables,
	...systemVariables,
	...faultVariables,
]);

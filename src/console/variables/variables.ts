/** All variables of the device's own. Names and access are Gecko OS's. */

import type { Variable } from "../../device.js";
import { consoleVariables } from "./console-variables.js";
import { dmsVariables } from "./dms-variables.js";
import { faultVariables } from "./fault-variables.js";
import { networkVariables } from "./network-variables.js";
import { systemVariables } from "./system-variables.js";
import { updateVariables } from "./update-variables.js";

export const deviceVariables: readonly Variable[] = Object.freeze([
	...dmsVariables,
	...networkVariables,
	...consoleVariables,
	...systemVariables,
	...updateVariables,
	...faultVariables,
]);

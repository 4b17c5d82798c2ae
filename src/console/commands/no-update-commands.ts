/** The commands of a device that takes no updates. */

import type { Command } from "../../device.js";
import { dmsCommands } from "./dms-commands.js";
import { faultCommands } from "./fault-commands.js";
import { helpCommands } from "./help-commands.js";
import { networkCommands } from "./network-commands.js";
import { settingsCommands } from "./settings-commands.js";
import { streamCommands } from "./stream-commands.js";
import { systemCommands } from "./system-commands.js";

export const noUpdateCommands: readonly Command[] = Object.freeze([
	...helpCommands,
	...settingsCommands,
	...systemCommands,
	...dmsCommands,
	...networkCommands,
	...streamCommands,
	...faultCommands,
]);

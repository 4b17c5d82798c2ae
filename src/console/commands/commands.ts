/** All commands of the device's own. Names, abbreviations and syntax are Gecko OS's. */

import type { Command } from "../../device.js";
import { dmsCommands } from "./dms-commands.js";
import { faultCommands } from "./fault-commands.js";
import { helpCommands } from "./help-commands.js";
import { networkCommands } from "./network-commands.js";
import { settingsCommands } from "./settings-commands.js";
import { streamCommands } from "./stream-commands.js";
import { systemCommands } from "./system-commands.js";
import { updateCommands } from "./update-commands.js";

export const deviceCommands: readonly Command[] = Object.freeze([
	...helpCommands,
	...settingsCommands,
	...systemCommands,
	...dmsCommands,
	...networkCommands,
	...streamCommands,
	...updateCommands,
	...faultCommands,
]);

/** Whose updates they are, and what is set for them. */

import type { Dms } from "../dms/dms.js";
import type { Host } from "../host.js";

/** Names of settings. Gecko OS keeps the first one over a factory reset. */
export const logsSetting = "dfu.logs_enabled";
export const pollSetting = "dfu.poll_enabled";

/** What the owner of the device has set. */
export interface DfuSettings {
	/** The device asks for updates by itself, as often as the service wants. */
	readonly isPolling: boolean;
	/** Progress is shown in full. */
	readonly isLogging: boolean;
}

/** Whose updates they are. */
export interface DfuOwner {
	readonly host: Host;
	readonly dms: Dms;
	/** What is set at this moment. */
	readonly dfuSettings: DfuSettings;
	log(line: string): void;
}

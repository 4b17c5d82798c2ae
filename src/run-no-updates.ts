/**
 * The entry of a firmware that only another processor talks to, and that takes no updates by
 * itself: as `run-machine.ts`, without them.
 */

import { noUpdateCommands } from "./console/commands/no-update-commands.js";
import { PlainConsole } from "./console/plain-console.js";
import { noUpdateVariables } from "./console/variables/no-update-variables.js";
import type { App, Device } from "./device.js";
import type { Host } from "./host.js";
import { type DeviceParts, startDevice } from "./running-device.js";

const parts: DeviceParts = Object.freeze({
	console: (device: Device) => new PlainConsole(device),
	commands: noUpdateCommands,
	variables: noUpdateVariables,
});

/** As `run` of `run.ts`. */
export function run(host: Host, app: App = {}): Device {
	return startDevice(host, app, parts);
}

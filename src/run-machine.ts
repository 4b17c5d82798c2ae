/**
 * The entry of a firmware that only another processor talks to: its console takes whole lines, and
 * has no line editor, no help texts and no Improv. In place of `run.ts`.
 */

import { deviceCommands } from "./console/commands/commands.js";
import { PlainConsole } from "./console/plain-console.js";
import { deviceVariables } from "./console/variables/variables.js";
import type { App, Device } from "./device.js";
import type { Host } from "./host.js";
import { type DeviceParts, startDevice } from "./running-device.js";
import { updates } from "./update/updates.js";

const parts: DeviceParts = Object.freeze({
	console: (device: Device) => new PlainConsole(device),
	commands: deviceCommands,
	variables: deviceVariables,
	updates,
});

/** As `run` of `run.ts`. */
export function run(host: Host, app: App = {}): Device {
	return startDevice(host, app, parts);
}

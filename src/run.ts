/** The entry of a whole firmware: its console has a line editor, help texts and Improv. */

import { deviceCommands } from "./console/commands/commands.js";
import { helpOf } from "./console/help-texts.js";
import { TerminalConsole } from "./console/terminal-console.js";
import { deviceVariables } from "./console/variables/variables.js";
import type { App, Device } from "./device.js";
import type { Host } from "./host.js";
import { type DeviceParts, startDevice } from "./running-device.js";
import { updates } from "./update/updates.js";

const parts: DeviceParts = Object.freeze({
	console: (device: Device) => new TerminalConsole(device),
	commands: deviceCommands,
	variables: deviceVariables,
	helpOf,
	updates,
});

/**
 * Starts the device program. Call it once after a reset; it returns at once and goes on by
 * callbacks.
 */
export function run(host: Host, app: App = {}): Device {
	return startDevice(host, app, parts);
}

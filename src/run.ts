/** The entry of a whole firmware: its console has a line editor, help texts and Improv. */

import { complete } from "./console/completion.js";
import { helpOf } from "./console/help-texts.js";
import { deviceCommands } from "./console/commands/commands.js";
import type { FrameOwner } from "./console/line-input.js";
import { deviceVariables } from "./console/variables/variables.js";
import type { App, Device } from "./device.js";
import type { Host } from "./host.js";
import { Improv } from "./improv/improv.js";
import { type DeviceParts, startDevice } from "./running-device.js";
import { LineEditor } from "./terminal/line-editor.js";
import type { EditorOwner } from "./terminal/owner.js";
import { updates } from "./update/updates.js";

const parts: DeviceParts = Object.freeze({
	commands: deviceCommands,
	variables: deviceVariables,
	updates,
	input: (owner: EditorOwner) => new LineEditor(owner),
	complete,
	helpOf,
	improv: (device: Device, owner: FrameOwner) => new Improv(device, owner),
});

/**
 * Starts the device program. Call it once after a reset; it returns at once and goes on by
 * callbacks.
 */
export function run(host: Host, app: App = {}): Device {
	return startDevice(host, app, parts);
}

/** The entry of a whole firmware: its console has a line editor, help texts and Improv. */

import { complete } from "./console/completion.js";
import { helpOf } from "./console/help-texts.js";
import type { ConsoleParts, FrameOwner } from "./console/line-input.js";
import type { App, Device } from "./device.js";
import type { Host } from "./host.js";
import { Improv } from "./improv/improv.js";
import { startDevice } from "./running-device.js";
import { LineEditor } from "./terminal/line-editor.js";
import type { EditorOwner } from "./terminal/owner.js";

const parts: ConsoleParts = Object.freeze({
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

/**
 * The entry of a firmware that only another processor talks to: its console takes whole lines, and
 * has no line editor, no help texts and no Improv. In place of `run.ts`.
 */

import type { ConsoleParts } from "./console/line-input.js";
import { PlainInput } from "./console/plain-input.js";
import type { App, Device } from "./device.js";
import type { Host } from "./host.js";
import { startDevice } from "./running-device.js";

const parts: ConsoleParts = Object.freeze({ input: () => new PlainInput() });

/** As `run` of `run.ts`. */
export function run(host: Host, app: App = {}): Device {
	return startDevice(host, app, parts);
}

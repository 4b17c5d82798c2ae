/** The device's own console, in machine format: what it is asked, and what it says. */

import { DeviceConsole } from "../../../console/device-console.js";
import type { Reply } from "../../../console/reply-reader.js";
import type { Cable } from "./cable.js";
import { lineOf } from "./port-line.js";
import { SetupError } from "./setup-error.js";

/** Speaks to the device, and leaves its console in the format that it had. */
export function onConsole<T>(cable: Cable, act: (device: DeviceConsole) => Promise<T>): Promise<T> {
	return cable.use(async (port) => {
		const device = await DeviceConsole.open(lineOf(port));
		try {
			return await act(device);
		} finally {
			await device.close();
		}
	});
}

/** The value of a variable. */
export async function valueOf(device: DeviceConsole, name: string): Promise<string> {
	const reply = await device.run("get " + name);
	if (reply.code === 0) return reply.text;
	throw new SetupError(`This device has no ${name}: its firmware isn't one of this service's.`);
}

/** What the device says of a command that has failed: its own sentence says what to do. */
export function refusalOf({ text }: Reply): SetupError {
	const [, sentence = text] = /^[^\r\n]*\r?\n([^]*)$/.exec(text) ?? [];
	return new SetupError("The device says: " + sentence);
}

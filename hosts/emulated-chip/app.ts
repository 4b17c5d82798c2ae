/** The app of an emulated chip: a command that says what memory there is. */

import type { App, Command } from "../../src/device.js";

class Memory {
	/** Bytes of free heap, the least that was ever free, and of stack that was never used. */
	get meters(): string {
		return native("opendms_meters").call(this) as string;
	}
}

const meters = Object.freeze<Command>({
	name: "meters",
	parameters: "",
	help: "shows bytes of free heap, the least that was ever free, and of stack that was never used",
	count: Object.freeze([0, 0]),
	run: () => new Memory().meters,
});

const app: App = Object.freeze<App>({ commands: Object.freeze([meters]) });

export default app;

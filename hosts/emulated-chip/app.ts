/** The app of an emulated chip: commands that say what memory there is, and what takes how long. */

import { timesOfOperations } from "opendms/hosts/emulated-chip/operations";
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

const operations = Object.freeze<Command>({
	name: "operations",
	parameters: "",
	help: "shows milliseconds of a public key, a signature, a verification, and SHA-256 of 256 KB",
	count: Object.freeze([0, 0]),
	run: timesOfOperations,
});

const app: App = Object.freeze<App>({ commands: Object.freeze([meters, operations]) });

export default app;

/** In the place of an emulated chip's app: its commands, with figures of nobody's memory. */

import type { App, Command } from "../../src/device.js";

const meters = Object.freeze<Command>({
	name: "meters",
	parameters: "",
	help: "",
	count: Object.freeze([0, 0]),
	run: () => "150000 140000 5000",
});

/** The network may come while a command is at work. */
const operations = Object.freeze<Command>({
	...meters,
	name: "operations",
	run: () => ["IPv4 address: 10.0.2.15", "1 2 3 4"],
});

const app: App = Object.freeze<App>({ commands: Object.freeze([meters, operations]) });

export default app;

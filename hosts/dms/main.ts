#!/usr/bin/env node
/** The command `opendms`. */

import { run } from "./cli/program.js";

process.exitCode = await run(process.argv.slice(2), {
	print: (line) => process.stdout.write(line + "\n"),
	printError: (line) => process.stderr.write(line + "\n"),
	environment: process.env,
	stopped: () =>
		new Promise((resolve) => {
			process.once("SIGINT", () => resolve());
			process.once("SIGTERM", () => resolve());
		}),
});

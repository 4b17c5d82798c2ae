#!/usr/bin/env node
/** `npm run build:esp32`, `flash`, `simulate`, and `manifest`. */

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { ownManifest, runMcconfig } from "./mcconfig.js";
import { updateManifests } from "./module-lists.js";
import { checkIdf, findSdk } from "./sdk.js";
import { buildSimulator } from "./simulator.js";

const usage = `npm run build:esp32 -- [options]   compiles the firmware for an ESP32
npm run flash -- [options]         compiles it and puts it onto the board at the serial port
npm run simulate -- [options]      runs it in Moddable's simulator, with its console here

  --manifest FILE   of a product maker's app (default: ours, a device without an app)
  --target NAME     kind of board, such as esp32c3 (default: esp32); not for simulate
  --debug           for Moddable's debugger; the console is then on other pins
  --instrument      prints meters of memory once a second
  --state DIR       where the simulator keeps its state (default: state/simulator)
  --help

They run mcconfig of the Moddable SDK, which MODDABLE names; for a board, ESP-IDF too.
Ctrl-] ends the simulator. Its state is kept; start it again and it continues.`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		manifest: { type: "string", default: ownManifest },
		target: { type: "string" },
		debug: { type: "boolean", default: false },
		instrument: { type: "boolean", default: false },
		state: { type: "string", default: "state/simulator" },
		help: { type: "boolean", default: false },
	},
});
const [command] = positionals;
const { manifest, debug: isDebug, instrument: isInstrumented } = values;

if (values.help || command === undefined) {
	console.log(usage);
} else {
	try {
		run(command);
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}

function run(name: string): void {
	if (name === "manifest") updateManifests();
	else if (name === "simulate") simulate();
	else if (name === "build") compile("build");
	else if (name === "flash") compile("all");
	else throw new Error(usage);
}

function compile(goal: "all" | "build"): void {
	const sdk = findSdk();
	checkIdf(sdk);
	const platform = values.target === undefined ? "esp32" : "esp32/" + values.target;
	const build = { manifest, platform, isDebug, isInstrumented };
	if (!runMcconfig(sdk, build, goal).isDone) process.exitCode = 1;
}

function simulate(): void {
	const { program, parameters } = buildSimulator(findSdk(), { manifest, isDebug, isInstrumented });
	mkdirSync(values.state, { recursive: true });
	const { status } = spawnSync(program, [...parameters, values.state], { stdio: "inherit" });
	process.exitCode = status ?? 1;
}

#!/usr/bin/env node
/** `opendms-moddable`: `npm run build:esp32`, `flash`, `simulate`, and `manifest`. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { makeFolder } from "../../command/folder.js";
import { runMain } from "../../command/main-program.js";
import { checkFirmwareConfig } from "./firmware-config.js";
import { ownManifest, runMcconfig } from "./mcconfig.js";
import { updateManifests } from "./module-lists.js";
import { checkIdf, findSdk } from "./sdk.js";
import { buildSimulator } from "./simulator.js";

const scripts = ["build:esp32", "flash", "simulate", "manifest"];

/** `invocation` is of one of npm's scripts, which has the command in it, or of the tool itself. */
function usage(invocation: string): string {
	const typed = invocation.startsWith("npm run")
		? ["npm run build:esp32 --", "npm run flash --", "npm run simulate --"]
		: ["build", "flash", "simulate"].map((name) => invocation + " " + name);
	const [build = "", flash = "", simulate = ""] = typed.map((text) => text.padEnd(30));
	return `${build}compiles the firmware for an ESP32
${flash}compiles it and puts it onto the board at the serial port
${simulate}runs it in Moddable's simulator, with its console here

  --manifest FILE   of a product maker's app (default: manifest.json of this folder; where there
                    is none, ours: a device without an app)
  --target NAME     kind of board, such as esp32c3 (default: esp32); not for simulate
  --debug           for Moddable's debugger; the console is then on other pins
  --instrument      prints meters of memory once a second
  --state DIR       where the simulator keeps its state (default: state/simulator)
  --version, --help

Environment:
  MODDABLE          where the Moddable SDK is, whose mcconfig runs
  IDF_PATH          where ESP-IDF is, for a board

Ctrl-] ends the simulator. Its state is kept; start it again and it continues.`;
}

type Values = ReturnType<typeof readWords>["values"];

const commands: { readonly [name: string]: (values: Values) => void } = {
	build: (values) => compile(values, "build"),
	flash: (values) => compile(values, "all"),
	simulate,
	manifest: updateManifests,
};

await runMain({
	name: "opendms-moddable",
	scripts,
	usage,
	async run(invocation) {
		const { values, positionals } = readWords();
		const [command, ...others] = positionals;
		const run = commands[command ?? ""];
		if (run === undefined || others.length > 0) {
			const names = Object.keys(commands).join(", ");
			throw new Error("Say one of: " + names + ". See: " + invocation + " --help");
		}
		run(values);
	},
});

function manifestHere(): string {
	return existsSync("manifest.json") ? "manifest.json" : ownManifest;
}

function readWords() {
	return parseArgs({
		allowPositionals: true,
		options: {
			manifest: { type: "string", default: manifestHere() },
			target: { type: "string" },
			debug: { type: "boolean", default: false },
			instrument: { type: "boolean", default: false },
			state: { type: "string", default: "state/simulator" },
		},
	});
}

function compile({ manifest, target, debug, instrument }: Values, goal: "all" | "build"): void {
	checkFirmwareConfig(manifest);
	const sdk = findSdk();
	checkIdf(sdk);
	const platform = target === undefined ? "esp32" : "esp32/" + target;
	const build = { manifest, platform, isDebug: debug, isInstrumented: instrument };
	if (!runMcconfig(sdk, build, goal).isDone) process.exitCode = 1;
}

function simulate({ manifest, state, debug, instrument }: Values): void {
	checkFirmwareConfig(manifest);
	const build = { manifest, isDebug: debug, isInstrumented: instrument };
	const { program, parameters } = buildSimulator(findSdk(), build);
	makeFolder(state);
	const { status } = spawnSync(program, [...parameters, state], { stdio: "inherit" });
	process.exitCode = status ?? 1;
}

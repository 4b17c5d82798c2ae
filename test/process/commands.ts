/** All commands that a person can type, and where each is. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isPublished, toolScript } from "../../example/tool-script.js";

const buildFolder = fileURLToPath(new URL("../../", import.meta.url));

/** The script of each tool of a checkout, below the build folder. */
const scripts: { readonly [tool: string]: string } = Object.freeze({
	start: "example/start.js",
	demo: "example/demo.js",
	bench: "bench/main.js",
	faults: "test/faults/main.js",
	fuzz: "test/fuzz/main.js",
	mutants: "test/mutants/main.js",
});

/** The set-up of the checkout in the folder where it is run. */
const setup = "setup.mjs";

/** The program and parameters that run a tool of ours with these words. */
export function commandOf([tool = "", ...words]: readonly string[]): string[] {
	if (tool === "setup") return [process.execPath, setup, ...words];
	if (isPublished(tool)) return [process.execPath, toolScript(tool), ...words];
	const script = scripts[tool];
	if (script === undefined) throw new Error(tool + " is no tool of ours");
	return [process.execPath, join(buildFolder, script), ...words];
}

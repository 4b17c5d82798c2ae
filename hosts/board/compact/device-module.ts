/**
 * A compiled module of the device program as a chip gets it: the same program in fewer slots of
 * flash. What it spares, and why each change is safe, is in DESIGN.md section 4.
 */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { inlineConstants } from "./inline-constants.js";
import { buildFolder, keptText } from "./kept.js";
import { shrunkModule, version } from "./shrink.js";

/** Where the modules of the device program are. */
const folders = ["src", "hosts/board/device", "hosts/esp32", "hosts/lin", "hosts/moddable"];
const toolFolder = join("hosts", "moddable", "tools");

/**
 * The text for the compiled module at `path`, below `build/`. It is kept in `build/device`, so that
 * only a module that has changed is made anew.
 */
export function deviceModule(path: string): string {
	const source = readFileSync(path, "utf8");
	const sourceOf = (specifier: string) => readFileSync(join(dirname(path), specifier), "utf8");
	// Constants of what it imports become its own.
	const imported = [...source.matchAll(/^(?:import|}) .*from "(\.[^"]*)";$/gm)];
	const sources = [version, source, ...imported.map(([, specifier = ""]) => sourceOf(specifier))];
	return keptText(relative(buildFolder, path), sources, () =>
		shrunkModule(inlineConstants(source, sourceOf)),
	);
}

/** Paths of all compiled modules that can be on a device. */
export function devicePaths(): string[] {
	return folders.flatMap((folder) => pathsIn(folder));
}

/** Paths of the compiled modules below a folder of `build`, but the tools. */
export function pathsIn(folder: string): string[] {
	return readdirSync(join(buildFolder, folder), { recursive: true, encoding: "utf8" })
		.map((name) => join(folder, name))
		.filter((path) => path.endsWith(".js") && !path.startsWith(toolFolder))
		.sort()
		.map((path) => join(buildFolder, path));
}

/** Whether the compiled module at `path` is the device program's, and in images of the board. */
export function isOfDevice(path: string): boolean {
	const way = relative(buildFolder, path).split(sep).join("/");
	return way.startsWith("src/") || way.startsWith("hosts/board/device/");
}

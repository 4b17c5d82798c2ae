/**
 * A compiled module of the device program as a chip gets it: the same program in fewer slots of
 * flash. What it spares, and why each change is safe, is in DESIGN.md section 4.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { MinifyOptions } from "terser";
import { functionsToArrows } from "./functions-to-arrows.js";
import { inlineConstants } from "./inline-constants.js";

const buildFolder = fileURLToPath(new URL("../../", import.meta.url));
const deviceFolder = join(buildFolder, "device");

/** Where the modules of the device program are. */
const folders = ["src", "hosts/board/device", "hosts/esp32", "hosts/lin", "hosts/moddable"];
const toolFolder = join("hosts", "moddable", "tools");

/**
 * Constants where they are used, and short names for what is local to a function: XS has a slot for
 * each name and for each constant of a module that a function uses. No function goes into another:
 * one that waits would hold the other's variables too, on the heap.
 */
const options: MinifyOptions = {
	module: false,
	ecma: 2020,
	compress: {
		...{ defaults: false, evaluate: true, reduce_vars: true, reduce_funcs: false },
		...{ unused: true, toplevel: true, dead_code: true, passes: 2 },
		pure_funcs: ["Object.freeze", "$held"],
	},
	mangle: { toplevel: false, module: false },
	format: { beautify: true, quote_style: 2 },
};

/** Changes with all that decides what becomes of a source. */
const version = "4 " + JSON.stringify(options);

/**
 * The text for the compiled module at `path`, below `build/`. It is kept in `build/device`, so that
 * only a module that has changed is made anew.
 */
export function deviceModule(path: string): string {
	const source = readFileSync(path, "utf8");
	const sourceOf = (specifier: string) => readFileSync(join(dirname(path), specifier), "utf8");
	const hash = createHash("sha256").update(version).update(source);
	// Constants of what it imports become its own.
	for (const [, specifier = ""] of source.matchAll(/^(?:import|}) .*from "(\.[^"]*)";$/gm)) {
		hash.update(sourceOf(specifier));
	}
	const digest = hash.digest("hex");
	const kept = join(deviceFolder, relative(buildFolder, path));
	const head = "// " + digest + "\n";
	const known = readKept(kept);
	if (known?.startsWith(head) === true) return known;
	const text = head + shrink(inlineConstants(source, sourceOf)) + "\n";
	mkdirSync(dirname(kept), { recursive: true });
	const written = `${kept}.${process.pid}`;
	writeFileSync(written, text);
	renameSync(written, kept); // Other processes read it meanwhile.
	return text;
}

/** Makes all that manifests and images name. */
export function makeDeviceModules(): void {
	for (const path of devicePaths()) deviceModule(path);
}

/** Paths of all compiled modules that can be on a device. */
export function devicePaths(): string[] {
	return folders.flatMap((folder) =>
		readdirSync(join(buildFolder, folder), { recursive: true, encoding: "utf8" })
			.map((name) => join(folder, name))
			.filter((path) => path.endsWith(".js") && !path.startsWith(toolFolder))
			.map((path) => join(buildFolder, path)),
	);
}

/** Whether the compiled module at `path` is the device program's, and in images of the board. */
export function isOfDevice(path: string): boolean {
	const way = relative(buildFolder, path).split(sep).join("/");
	return way.startsWith("src/") || way.startsWith("hosts/board/device/");
}

function shrink(source: string): string {
	// Here, since a process seldom needs it.
	const load: (name: "terser") => typeof import("terser") = createRequire(import.meta.url);
	const { code = "" } = load("terser").minify_sync(held(functionsToArrows(source)), options);
	return code.replaceAll(/\$held\(("(?:[^"\\]|\\.)*")\)/g, "$1");
}

/**
 * A text of the module must stay its constant, in flash: the compiler takes it for a call's result.
 * One in byte code is copied to the heap at each use.
 */
function held(source: string): string {
	return source.replaceAll(
		/^((?:export )?const \w+ = )("(?:[^"\\\n]|\\.)*")(?=;$)/gm,
		"$1$$held($2)",
	);
}

function readKept(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

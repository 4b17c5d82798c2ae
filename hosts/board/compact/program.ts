/**
 * The device program as one module: a module of its own takes some 270 bytes of flash, an export 16
 * and its name.
 */

import { join, relative, sep } from "node:path";
import { initSync, parse } from "es-module-lexer";
import { bundled } from "./bundle.js";
import { shared } from "./contract.js";
import { equalListsOnce } from "./equal-lists.js";
import { fieldsByConstructors } from "./fields.js";
import { deviceModule, pathsIn } from "./device-module.js";
import { buildFolder, deviceFolder, keptText } from "./kept.js";
import { libraryName, librarySource, libraryWay } from "./library.js";
import { memberNames, renamedMembers } from "./member-names.js";
import { sharedByList } from "./shared-list.js";
import { shrunkProgram, version } from "./shrink.js";
import { withStandardTop } from "./top-names.js";

/** What apps may import of the library too. */
export const libraryNames: readonly string[] = ["decode", "encode"];

export interface Program {
	/** Where it is kept, below `build/device`. */
	readonly way: string;
	/** Its exports, by the way below `build/device` of the module that each one is of. */
	readonly exports: ReadonlyMap<string, readonly string[]>;
	/** Ways of the folders that its modules are in. */
	readonly folders: readonly string[];
}

/** The program of the virtual board. */
export function boardProgram(): string {
	const ways = ["src/run.js", ...shared];
	return programText({
		way: "board-program.js",
		exports: new Map([[libraryName, libraryNames], ...ways.map(exportsAt)]),
		folders: ["src"],
	});
}

function exportsAt(way: string): [string, readonly string[]] {
	return [way, exportsOf(way)];
}

/** The text of a program's module. */
export function programText({ way, exports, folders }: Program): string {
	const entry = [...exports]
		.map(([module, names]) =>
			reexport([...names].sort(), module === libraryName ? module : "./" + module),
		)
		.join("");
	const names = memberNames();
	const sources = folders.flatMap((folder) => pathsIn(folder)).map((path) => deviceModule(path));
	sources.push(librarySource());
	return keptText(way, [version, entry, [...names].join(), ...sources], () => {
		const packages = { [libraryName]: join(deviceFolder, libraryWay) };
		const source = fieldsByConstructors(bundled(entry, deviceFolder, packages, sources));
		const shrunk = shrunkProgram(renamedMembers(source, names));
		return withStandardTop(sharedByList(equalListsOnce(shrunk)));
	});
}

/** A module that has nothing but exports of another one. */
export function reexport(names: readonly string[], specifier: string): string {
	return `export { ${names.join(", ")} } from ${JSON.stringify(specifier)};\n`;
}

/** What the compiled module at a way below `build` exports. */
export function exportsOf(way: string): string[] {
	initSync();
	return parse(deviceModule(join(buildFolder, way)))[1]
		.map(({ n }) => n)
		.sort();
}

/** The way below `build`, with slashes. */
export function wayOf(path: string): string {
	return relative(buildFolder, path).split(sep).join("/");
}

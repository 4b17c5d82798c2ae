/**
 * The device program as one module: a module of its own takes some 270 bytes of flash, an export 16
 * and its name.
 */

import { join, relative, sep } from "node:path";
import { bundled } from "./bundle.js";
import { shared } from "./contract.js";
import { equalListsOnce } from "./equal-lists.js";
import { fieldsByConstructors } from "./fields.js";
import { deviceModule, pathsIn } from "./device-module.js";
import { exportsOf, placesOf } from "./exports.js";
import { buildFolder, deviceFolder, keptText } from "./kept.js";
import { libraryName, librarySource, libraryWay } from "./library.js";
import { memberNames, ownMembers, renamedMembers } from "./member-names.js";
import { type Places, sharedByList } from "./shared-list.js";
import { shrunkProgram, version } from "./shrink.js";
import { withStandardTop } from "./top-names.js";

export interface Program {
	/** Where it is kept, below `build/device`. */
	readonly way: string;
	/** Its exports, by the way below `build/device` of the module that each one is of. */
	readonly exports: ReadonlyMap<string, readonly string[]>;
	/** Ways of the folders that its modules are in. */
	readonly folders: readonly string[];
}

/** What a program starts with. */
export const programStart = "run";
const boardStart = "src/run.js";

/** What an image of the virtual board imports of its program. */
export function boardPlaces(): Places {
	return placesOf([...boardExports().values()].flat());
}

/** The program of the virtual board. */
export function boardProgram(): string {
	const exports = boardExports();
	return programText({ way: "board-program.js", exports, folders: ["src"] });
}

function boardExports(): ReadonlyMap<string, readonly string[]> {
	const modules = [boardStart, libraryName, ...shared];
	return new Map(modules.map((way) => [way, exportsOf(way)]));
}

/** The text of a program's module. */
export function programText({ way, exports, folders }: Program): string {
	const entry = [...exports]
		.map(
			([module, names]) =>
				`export { ${[...names].sort().join(", ")} } from "${specifierOf(module)}";\n`,
		)
		.join("");
	const names = memberNames();
	const sources = folders.flatMap((folder) => pathsIn(folder)).map((path) => deviceModule(path));
	sources.push(librarySource());
	const madeOf = [version, entry, [...names].join(), [...ownMembers()].join(), ...sources];
	return keptText(way, madeOf, () => {
		const packages = { [libraryName]: join(deviceFolder, libraryWay) };
		const source = fieldsByConstructors(bundled(entry, deviceFolder, packages, sources));
		const shrunk = shrunkProgram(renamedMembers(source, names), ownMembers());
		const exported = placesOf([...exports.values()].flat());
		return withStandardTop(sharedByList(equalListsOnce(shrunk), { exported }));
	});
}

function specifierOf(module: string): string {
	return module === libraryName ? module : "./" + module;
}

/** The way below `build`, with slashes. */
export function wayOf(path: string): string {
	return relative(buildFolder, path).split(sep).join("/");
}

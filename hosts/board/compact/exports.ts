/** What others than the program import of it, through modules that have the sources' names. */

import { join, posix } from "node:path";
import { deviceModule } from "./device-module.js";
import { buildFolder, keptText } from "./kept.js";
import { libraryName, librarySource } from "./library.js";
import type { Places } from "./shared-list.js";
import { parse } from "./syntax.js";

/** What a module exports, by name. */
interface Exports {
	readonly functions: readonly string[];
	readonly classes: readonly string[];
	/** Texts of the others, which are values that need nothing else. */
	readonly values: readonly (readonly [name: string, text: string])[];
}

/** The names of what a program has in its list, of a module's exports. */
export function exportsOf(way: string): string[] {
	const { functions, classes } = exportsAt(way);
	return [...functions, ...classes].sort();
}

/** Where in the list what is exported is: in each program the same. */
export function placesOf(names: Iterable<string>): Places {
	return new Map([...new Set(names)].sort().map((name, index) => [name, index]));
}

/**
 * A module with all exports of the one at `way`, from the program's list: functions are called by
 * that. What needs nothing of the program stands in the module itself.
 */
export function throughList(way: string, specifier: string, places: Places): string {
	const { functions, classes, values } = exportsAt(way);
	const item = (name: string): string => `program[${places.get(name)}]`;
	return [
		`import program from ${JSON.stringify(specifier)};`,
		...functions.map((name) => `export const ${name} = ${item(name)}.bind(program);`),
		...classes.map((name) => `export const ${name} = ${item(name)};`),
		...values.map(([name, text]) => `export const ${name} = ${text};`),
		"",
	].join("\n");
}

/** Of the module at `way`, or of the library. */
function exportsAt(way: string): Exports {
	const source = way === libraryName ? librarySource() : deviceModule(join(buildFolder, way));
	const kept = keptText(posix.join("exports", way.replace(/\.js$/, "") + ".json"), [source], () =>
		JSON.stringify(exportsIn(source)),
	);
	return JSON.parse(kept.slice(kept.indexOf("\n")));
}

function exportsIn(source: string): Exports {
	const functions: string[] = [];
	const classes: string[] = [];
	const values: [name: string, text: string][] = [];
	const { body } = parse(source);
	const exported = new Set(
		body.flatMap((statement) => {
			if (statement.type !== "ExportNamedDeclaration") return [];
			return statement.specifiers.map(({ local }) => source.slice(local.start, local.end));
		}),
	);
	for (const statement of body) {
		if (statement.type === "ClassDeclaration" && exported.has(statement.id.name)) {
			classes.push(statement.id.name);
		}
		if (statement.type === "FunctionDeclaration" && exported.has(statement.id.name)) {
			functions.push(statement.id.name);
		}
		if (statement.type !== "VariableDeclaration") continue;
		for (const { id, init } of statement.declarations) {
			if (id.type !== "Identifier" || !init || !exported.has(id.name)) continue;
			if (init.type === "ArrowFunctionExpression") functions.push(id.name);
			else values.push([id.name, source.slice(init.start, init.end)]);
		}
	}
	return { functions, classes, values };
}

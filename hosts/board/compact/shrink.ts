/** A source in fewer slots of flash and less byte code, for a module or for a whole program. */

import { createRequire } from "node:module";
import type { MinifyOptions } from "terser";
import { walksByIndex } from "./array-walks.js";
import { functionsToArrows } from "./functions-to-arrows.js";
import { loopsWithoutVariables } from "./loop-variables.js";
import { patternsAsReads } from "./object-patterns.js";
import { variablesReused } from "./reused-variables.js";
import { singleCallsInPlace } from "./single-calls.js";
import { undefinedByNull } from "./short-undefined.js";
import { standardNames } from "./standard-names.js";

/**
 * What variables are called, short names first, since a virtual board has the program's text.
 * terser asks for no more than there are at once, or next to none.
 */
const shortFirst = [...standardNames].sort((first, second) => first.length - second.length);
const variableNames = { get: (index: number) => shortFirst[index] ?? "$" + index };

/**
 * Constants where they are used, and standard names for what is local to a function: XS has a slot
 * for each name of ours and for each constant of a module that a function uses.
 */
const moduleOptions: MinifyOptions = {
	module: false,
	ecma: 2020,
	compress: {
		...{ defaults: false, evaluate: true, reduce_vars: true, reduce_funcs: false },
		...{ unused: true, toplevel: true, dead_code: true, passes: 2 },
		pure_funcs: ["Object.freeze", "$held"],
	},
	mangle: { toplevel: false, module: false, nth_identifier: variableNames },
	format: { beautify: true, quote_style: 2 },
};

/**
 * The same of what is at the top; and where a function is called that only returns something, that
 * stands. `single-calls.ts` sees to others: a compiler would make a function there at each call.
 */
const programOptions: MinifyOptions = {
	...moduleOptions,
	module: true,
	compress: {
		...(moduleOptions.compress as object),
		collapse_vars: true,
		inline: 3,
		pure_getters: true,
		if_return: true,
	},
	mangle: { toplevel: true, module: true, nth_identifier: variableNames },
};

/** What never runs is left out, and what is used once stands there. Names are as in the source. */
const libraryOptions: MinifyOptions = {
	...moduleOptions,
	module: true,
	compress: {
		...(moduleOptions.compress as object),
		...{
			collapse_vars: true,
			conditionals: true,
			keep_fargs: false,
			pure_getters: true,
			side_effects: true,
		},
	},
	mangle: false,
};

/** Changes with all that decides what becomes of a source. */
export const version = "29 " + JSON.stringify([moduleOptions, programOptions, libraryOptions]);

export function shrunkModule(source: string): string {
	return shrunk(functionsToArrows(walksByIndex(source)), moduleOptions);
}

/** `own` are names of members that only the class asks for which declares them. */
export function shrunkProgram(source: string, own: ReadonlySet<string> = new Set()): string {
	const plain = singleCallsInPlace(functionsToArrows(patternsAsReads(source)), own);
	const text = shrunk(loopsWithoutVariables(plain), programOptions);
	return undefinedByNull(variablesReused(text));
}

/** What runs of a library's module, whose loops must all be over arrays. */
export function shrunkLibrary(source: string): string {
	return shrunk(walksByIndex(source), libraryOptions);
}

function shrunk(source: string, options: MinifyOptions): string {
	// Here, since a process seldom needs it.
	const load: (name: "terser") => typeof import("terser") = createRequire(import.meta.url);
	const { code = "" } = load("terser").minify_sync(held(source), options);
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

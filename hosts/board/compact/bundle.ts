/** Many modules as one, whose top XS can put into flash. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { writeWhole } from "./kept.js";
import { type Edit, edited, parse } from "./syntax.js";

/** In front of the name of a module from outside, while a bundle is made. */
const outside = "outside:";

/**
 * One module of all that `entry` imports from files. `folder` is what its specifiers are relative
 * to; `packages` are the files that some bare specifiers lead to. All others stay imports, of which
 * each name is there once: `sources` are all modules that may be in it.
 */
export function bundled(
	entry: string,
	folder: string,
	packages: Readonly<Record<string, string>>,
	sources: Iterable<string>,
): string {
	// Here, since a process seldom needs it.
	const load: (name: "esbuild") => typeof import("esbuild") = createRequire(import.meta.url);
	const alias = { ...packages };
	for (const [specifier, names] of namesFromOutside(sources)) {
		if (specifier in packages) continue;
		const way = join("outside", specifier.replaceAll(/\W/g, "-") + ".js");
		const list = [...names].join(", ");
		writeWhole(join(folder, way), `export { ${list} } from "${outside + specifier}";\n`);
		alias[specifier] = join(folder, way);
	}
	const { outputFiles } = load("esbuild").buildSync({
		stdin: { contents: entry, resolveDir: folder },
		bundle: true,
		write: false,
		format: "esm",
		target: "es2022",
		platform: "neutral",
		packages: "external",
		alias,
		logLevel: "silent",
	});
	return topConstant(outputFiles[0]?.text ?? "").replaceAll(`"${outside}`, '"');
}

/** What modules import that is no file, by its specifier; two modules may name the same. */
function namesFromOutside(sources: Iterable<string>): Map<string, Set<string>> {
	const found = new Map<string, Set<string>>();
	const statement = /^import (?:(\w+)(?:, | ))?(?:\{(.*)\} )?from "([^."][^"]*)";$/gm;
	for (const source of sources) {
		for (const [, own, list = "", specifier = ""] of source.matchAll(statement)) {
			const names = found.get(specifier) ?? new Set();
			found.set(specifier, names);
			if (own !== undefined) names.add("default");
			for (const name of list.split(",")) {
				const [imported = ""] = name.trim().split(" ");
				if (imported !== "") names.add(imported);
			}
		}
	}
	return found;
}

/** esbuild makes a variable of each constant and class at the top, which flash can't hold. */
function topConstant(source: string): string {
	const edits = parse(source).body.flatMap((statement): Edit[] => {
		const isVariable = statement.type === "VariableDeclaration" && statement.kind === "var";
		return isVariable ? [[statement.start, statement.start + "var".length, "const"]] : [];
	});
	return edited(source, edits);
}

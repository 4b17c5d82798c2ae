/** What a device takes of `@msgpack/msgpack`: `encode` and `decode`, as a device calls them. */

import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { keptText } from "./kept.js";
import { withKnownValues } from "./known-values.js";
import { libraryValues } from "./library-values.js";
import { shrunkLibrary, version } from "./shrink.js";
import { type Edit, edited, parse } from "./syntax.js";
import { withoutUnusedMembers } from "./unused-members.js";

export const libraryName = "@msgpack/msgpack";

/** The parts of it that have these, each behind what it imports. */
const modules = [
	"utils/int.mjs",
	"utils/typedArrays.mjs",
	"Decoder.mjs",
	"decode.mjs",
	"Encoder.mjs",
	"encode.mjs",
];

export const libraryFolder = fileURLToPath(
	new URL("../../../../node_modules/@msgpack/msgpack/dist.esm/", import.meta.url),
);

/** Where the module is kept, below `build/device`. */
export const libraryWay = "msgpack/library.js";

/** Its own text module needs globals that a device doesn't have. */
const textModule = posix.relative(posix.dirname(libraryWay), "src/encoding/utf8.js");
const head = `import { utf8Decode, utf8Length, utf8Write } from "${textModule}";`;

/**
 * The library as one module, which has nothing but what a device's two functions need: they take
 * fewer options (`hosts/README.md`), and no extension types. `test/board/library.test.ts` holds it
 * against the whole library.
 *
 * @throws {Error} if the library that is installed has other expressions than `libraryValues`.
 */
export function librarySource(): string {
	const sources = modules.map((module) => readFileSync(join(libraryFolder, module), "utf8"));
	return keptText(libraryWay, [version, JSON.stringify(libraryValues), ...sources], () => {
		const parts = modules.map((module, index) => partOf(module, sources[index] ?? ""));
		let text = shrunkLibrary([head, ...parts, "export { decode, encode };"].join("\n"));
		for (let next: string | undefined = text; next !== undefined;) {
			text = next;
			const less = withoutUnusedMembers(text);
			next = less === undefined ? undefined : shrunkLibrary(less);
		}
		return text;
	});
}

function partOf(module: string, source: string): string {
	const values = libraryValues[module];
	if (values === undefined) return statementsOf(source);
	try {
		return statementsOf(withKnownValues(source, values));
	} catch (error) {
		const missing = error instanceof Error ? error.message : String(error);
		const place = "hosts/board/compact/library-values.ts";
		throw new Error(`${libraryName} has changed: nowhere in ${module} is ${missing} of ${place}`);
	}
}

/** A module's statements, to stand in one with all others. */
function statementsOf(source: string): string {
	return edited(
		source,
		parse(source).body.flatMap((statement): Edit[] => {
			if (statement.type === "ImportDeclaration") return [[statement.start, statement.end, ""]];
			if (statement.type !== "ExportNamedDeclaration" || !statement.declaration) return [];
			return [[statement.start, statement.declaration.start, ""]];
		}),
	);
}

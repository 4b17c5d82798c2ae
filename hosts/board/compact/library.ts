/** What a device takes of `@msgpack/msgpack`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MethodDefinition } from "acorn";
import { edited, parse, walk } from "./syntax.js";

export const libraryFolder = fileURLToPath(
	new URL("../../../../node_modules/@msgpack/msgpack/dist.esm/", import.meta.url),
);

/** What the device program uses of it: its other entries stay out. */
export const libraryEntry = "device.mjs";
const entrySource =
	'export { decode } from "./decode.mjs";\nexport { encode } from "./encode.mjs";\n';

/** The modules that these are made of. */
export const libraryModules = [
	"DecodeError.mjs",
	"Decoder.mjs",
	"Encoder.mjs",
	"ExtData.mjs",
	"ExtensionCodec.mjs",
	"decode.mjs",
	"encode.mjs",
	"utils/int.mjs",
	"utils/typedArrays.mjs",
];

/** Modules of it that ours stand for, which are in `hosts/board/device`. */
export const standIns: Readonly<Record<string, string>> = {
	"utils/utf8.mjs": "message-pack-text.js",
	"timestamp.mjs": "message-pack-timestamp.js",
	"CachedKeyDecoder.mjs": "message-pack-key-cache.js",
	"utils/prettyByte.mjs": "message-pack-byte.js",
};

/** The source of one of its modules, or of its entry. */
export function librarySource(name: string): string {
	if (name === libraryEntry) return entrySource;
	return withFrozenTop(withoutStaticField(readFileSync(join(libraryFolder, name), "utf8")));
}

/** What its modules make at import, so that flash can hold it. */
function withFrozenTop(source: string): string {
	const made = /^(const \w+ = )(new (?:RangeError|CachedKeyDecoder)\(.*\));$/gm;
	return source.replaceAll(made, "$1Object.freeze($2);");
}

/**
 * XS 13 can't make an instance of a class in a static field of it. The library does so once: the
 * field becomes an assignment behind the class, of an instance that flash can hold.
 */
function withoutStaticField(source: string): string {
	const field = /^\s*static (\w+) = new (\w+)\(\);$/m.exec(source);
	if (field === null) return source;
	const [text, name = "", className = ""] = field;
	return (
		source.replace(text, "") +
		`\n${className}.${name} = new ${className}();\n` +
		`for (const list of Object.values(${className}.${name})) Object.freeze(list);\n` +
		`Object.freeze(${className}.${name});\n`
	);
}

/**
 * A program's source without methods of the library's classes that nothing in it names, such as
 * those that decode a stream.
 */
export function withoutUnusedMethods(source: string): string {
	for (let text = source; ;) {
		const unused = unusedMethods(text);
		if (unused.length === 0) return text;
		text = edited(
			text,
			unused.map(({ start, end }) => [start, end, ""]),
		);
	}
}

function unusedMethods(source: string): MethodDefinition[] {
	const methods: MethodDefinition[] = [];
	const tree = parse(source);
	const uses = usesIn(tree);
	walk(tree, (node) => {
		if (node.type !== "ClassDeclaration" && node.type !== "ClassExpression") return;
		if (!isOfLibrary(node.id?.name ?? "")) return;
		for (const method of node.body.body) {
			if (method.type !== "MethodDefinition" || method.key.type !== "Identifier") continue;
			const { name } = method.key;
			if (method.kind === "constructor") continue;
			// What it says itself, its own name before all, doesn't count.
			if (uses.get(name) === usesIn(method).get(name)) methods.push(method);
		}
	});
	return methods;
}

function usesIn(tree: Parameters<typeof walk>[0]): Map<string, number> {
	const uses = new Map<string, number>();
	walk(tree, (node) => {
		const name =
			node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
		uses.set(name, (uses.get(name) ?? 0) + 1);
	});
	return uses;
}

/** A bundle may have made another name of the class's. */
function isOfLibrary(className: string): boolean {
	const name = className.replace(/^_|\d+$/g, "");
	return libraryModules.includes(name + ".mjs");
}

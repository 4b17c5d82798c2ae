/**
 * Builds an image from compiled modules: the device program, the board's side of it, and an app.
 */

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImportSpecifier, initSync, parse } from "es-module-lexer";
import { bundleApp } from "./bundle-app.js";
import { deviceModule, isOfDevice } from "./device-module.js";
import { boardPlatform, encodeImage, type Module } from "./image.js";

const buildFolder = fileURLToPath(new URL("../../", import.meta.url));
const packageFolder = join(buildFolder, "../node_modules/@msgpack/msgpack/dist.esm");
const boardMain = join(buildFolder, "hosts/board/device/main.js");

/** What the device program uses of `@msgpack/msgpack`: its other entries stay out of the image. */
const libraryEntry = join(packageFolder, "device.mjs");
const librarySource =
	'export { decode } from "./decode.mjs";\nexport { encode } from "./encode.mjs";\n';

/** What an app outside this repository finds the device program's modules by. */
const ownName = "opendms/";

/** Where a bare specifier of the device program leads. */
const packages: Readonly<Record<string, string>> = { "@msgpack/msgpack": libraryEntry };

const standIns = join(buildFolder, "hosts/board/device");

/** Modules of the library that ours stand for, as in `manifest.json`. */
const replacements: Readonly<Record<string, string>> = Object.fromEntries(
	[
		["utils/utf8.mjs", "message-pack-text.js"],
		["timestamp.mjs", "message-pack-timestamp.js"],
		["CachedKeyDecoder.mjs", "message-pack-key-cache.js"],
		["utils/prettyByte.mjs", "message-pack-byte.js"],
	].map(([name = "", own = ""]) => [join(packageFolder, name), join(standIns, own)]),
);

export interface ImageOptions {
	/**
	 * Module whose default export is the app; none for a plain DMS console. One in TypeScript is
	 * bundled, with the packages that it imports; a compiled one imports files and `opendms/`.
	 */
	readonly app?: string | undefined;
	/** Version of the firmware: four numbers. */
	readonly version: string;
	/** Of the platform's publisher; none for firmware that takes no update. */
	readonly platformKey?: Uint8Array | undefined;
}

export function buildImage({ app, version, platformKey }: ImageOptions): Uint8Array {
	if (app !== undefined && !existsSync(app)) throw new Error("There is no file " + app);
	const graph = new Graph(app === undefined ? buildFolder : dirname(resolve(app)));
	const board = graph.add(boardMain);
	const product = app === undefined ? undefined : graph.add(resolve(app));
	return graph.image(version, startSource(board, product), platformKey);
}

/** An image of another program: the compiled module's default export is what a processor starts. */
export function buildProgram(entry: string, version: string): Uint8Array {
	const graph = new Graph(buildFolder);
	return graph.image(version, 'export { default } from "./' + graph.add(resolve(entry)) + '";\n');
}

function startSource(board: string, app: string | undefined): string {
	const appImport =
		app === undefined ? "const app = Object.freeze({});" : 'import app from "./' + app + '";';
	return (
		'import { start } from "./' +
		board +
		'";\n' +
		appImport +
		"\nexport default (call) => start(call, app);\n"
	);
}

/** The modules that one needs, each after the ones that it imports. */
class Graph {
	readonly #modules: Module[] = [];
	/** When the youngest of the modules was changed, in milliseconds since 1970. */
	#modified = 0;
	readonly #appFolder: string;
	readonly #names = new Map<string, string>();

	constructor(appFolder: string) {
		initSync();
		this.#appFolder = appFolder;
	}

	/** The image of all modules so far, and of one that starts them. */
	image(version: string, startSource: string, platformKey?: Uint8Array): Uint8Array {
		const built = new Date(this.#modified).toISOString().replace(/\.\d+Z$/, "Z");
		const head = { platform: boardPlatform, version, built, platformKey };
		return encodeImage(head, [...this.#modules, { name: "start.js", source: startSource }]);
	}

	/** Adds the module at `path` and what it imports; returns its name in the image. */
	add(path: string): string {
		const known = this.#names.get(path);
		if (known !== undefined) return known;
		const name = this.#nameOf(path);
		this.#names.set(path, name);
		const source = this.#read(path);
		this.#modules.push({ name, source: this.#withImports(path, name, source) });
		return name;
	}

	#read(path: string): string {
		if (path === libraryEntry) return librarySource;
		if (path.endsWith(".ts")) {
			const { source, modified } = bundleApp(path);
			this.#modified = Math.max(this.#modified, modified);
			return source;
		}
		this.#modified = Math.max(this.#modified, statSync(path).mtimeMs);
		if (isOfDevice(path)) return deviceModule(path);
		const source = readFileSync(path, "utf8");
		return path.startsWith(packageFolder) ? withoutStaticField(source) : source;
	}

	/** The source, with each specifier made the relative path of the module in the image. */
	#withImports(path: string, name: string, source: string): string {
		let result = "";
		let offset = 0;
		for (const { n: specifier, s: start, e: end } of importsOf(path, source)) {
			if (specifier === undefined) continue;
			const target = this.add(resolveSpecifier(path, specifier));
			const way = relative(dirname(name), target).split(sep).join("/");
			result += source.slice(offset, start) + (way.startsWith(".") ? way : "./" + way);
			offset = end;
		}
		return (result + source.slice(offset)).replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
	}

	#nameOf(path: string): string {
		const parts: [folder: string, name: string][] = [
			[packageFolder, "msgpack"],
			[buildFolder, "."],
			[this.#appFolder, "app"],
		];
		for (const [folder, name] of parts) {
			const way = relative(folder, path);
			if (way.startsWith("..")) continue;
			return join(name, way).split(sep).join("/").replace(/\.ts$/, ".js");
		}
		throw new Error(path + " is neither the device program's nor the app's");
	}
}

/** @throws {Error} with the place at which a source is no module. */
function importsOf(path: string, source: string): readonly ImportSpecifier[] {
	try {
		return parse(source)[0];
	} catch (error) {
		const index = error instanceof Error && "idx" in error ? Number(error.idx) : 0;
		const lines = source.slice(0, index).split("\n");
		const place = `${shown(path)}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
		throw new Error(place + ": the syntax is not that of a JavaScript module");
	}
}

/** The path as its user would write it. */
function shown(path: string): string {
	return relative(process.cwd(), path);
}

/**
 * XS 13 can't make an instance of a class in a static field of it. The library does so once: the
 * field becomes an assignment behind the class.
 */
function withoutStaticField(source: string): string {
	const field = /^\s*static (\w+) = new (\w+)\(\);$/m.exec(source);
	if (field === null) return source;
	const [text, name = "", className = ""] = field;
	return source.replace(text, "") + "\n" + className + "." + name + " = new " + className + "();\n";
}

function resolveSpecifier(importer: string, specifier: string): string {
	const path = specifier.startsWith(".")
		? resolve(dirname(importer), specifier)
		: specifier.startsWith(ownName)
			? join(buildFolder, specifier.slice(ownName.length))
			: packages[specifier];
	if (path === undefined || !existsSync(path === libraryEntry ? packageFolder : path)) {
		throw new Error(shown(importer) + " imports " + specifier + ", which a device does not have");
	}
	return replacements[path] ?? path;
}

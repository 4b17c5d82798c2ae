/**
 * Builds an image from compiled modules: the device program, the board's side of it, and an app.
 */

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImportSpecifier, initSync, parse } from "es-module-lexer";
import { bundleApp } from "./bundle-app.js";
import { shared } from "./compact/contract.js";
import { deviceModule, isOfDevice, pathsIn } from "./compact/device-module.js";
import { libraryName, librarySource, libraryWay } from "./compact/library.js";
import { throughList } from "./compact/exports.js";
import { boardPlaces, boardProgram, wayOf } from "./compact/program.js";
import { boardPlatform, encodeImage, type Module } from "./image.js";

const buildFolder = fileURLToPath(new URL("../../", import.meta.url));
const boardMain = join(buildFolder, "hosts/board/device/main.js");

/** The device program as one module, and what it is called in an image. */
const programPath = join(buildFolder, "program.js");

/** Where it would be, beside the compiled modules: what it imports is one of these. */
const libraryPath = join(buildFolder, libraryWay);

/** What an app outside this repository finds the device program's modules by. */
const ownName = "opendms/";

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
	const graph = new Graph(app === undefined ? buildFolder : dirname(resolve(app)), true);
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
	/** Whether the device program is one module. */
	readonly #isMerged: boolean;

	constructor(appFolder: string, isMerged = false) {
		initSync();
		this.#appFolder = appFolder;
		this.#isMerged = isMerged;
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
		if (path === programPath) {
			for (const part of pathsIn("src")) this.#noteTimeOf(part);
			return boardProgram();
		}
		if (path === libraryPath) {
			return this.#isMerged ? this.#fromProgram(libraryName) : librarySource();
		}
		if (path.endsWith(".ts")) {
			const { source, modified } = bundleApp(path);
			this.#modified = Math.max(this.#modified, modified);
			return source;
		}
		this.#noteTimeOf(path);
		if (!isOfDevice(path)) return readFileSync(path, "utf8");
		const way = wayOf(path);
		const isInProgram = way === "src/run.js" || shared.includes(way);
		return this.#isMerged && isInProgram ? this.#fromProgram(way) : deviceModule(path);
	}

	#fromProgram(way: string): string {
		return throughList(way, programPath, boardPlaces());
	}

	#noteTimeOf(path: string): void {
		this.#modified = Math.max(this.#modified, statSync(path).mtimeMs);
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

function resolveSpecifier(importer: string, specifier: string): string {
	if (specifier === programPath) return programPath;
	if (specifier === libraryName) return libraryPath;
	const path = specifier.startsWith(".")
		? resolve(dirname(importer), specifier)
		: specifier.startsWith(ownName)
			? join(buildFolder, specifier.slice(ownName.length))
			: undefined;
	if (path === undefined || !(existsSync(path) || path === libraryPath)) {
		throw new Error(shown(importer) + " imports " + specifier + ", which a device does not have");
	}
	return path;
}

/** Makes one module of an app in TypeScript, its other files and its packages. */

import { statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, relative, resolve } from "node:path";
import type { BuildFailure, Message } from "esbuild";

/** What the image has already: the device program's modules, and its library. */
const external = ["opendms/*", "@msgpack/msgpack"];

export interface AppModule {
	readonly source: string;
	/** When the youngest of the files was changed, in milliseconds since 1970. */
	readonly modified: number;
}

/**
 * The module whose default export is that of the file at `path`.
 *
 * @throws {Error} with file, line and column of each mistake.
 */
export function bundleApp(path: string): AppModule {
	// Here, since hardly any process needs it.
	const load: (name: "esbuild") => typeof import("esbuild") = createRequire(import.meta.url);
	const folder = dirname(resolve(path));
	try {
		const { outputFiles, metafile } = load("esbuild").buildSync({
			entryPoints: [resolve(path)],
			absWorkingDir: folder,
			bundle: true,
			write: false,
			metafile: true,
			format: "esm",
			target: "es2022",
			platform: "neutral",
			mainFields: ["module", "main"],
			external,
			tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
			logLevel: "silent",
		});
		const files = Object.keys(metafile.inputs).map((input) => resolve(folder, input));
		const modified = Math.max(...files.map((file) => statSync(file).mtimeMs));
		return { source: outputFiles[0]?.text ?? "", modified };
	} catch (error) {
		if (!isBuildFailure(error)) throw error;
		throw new Error(error.errors.map((message) => sentenceOf(message, folder)).join("\n"));
	}
}

function isBuildFailure(error: unknown): error is BuildFailure {
	return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function sentenceOf({ text, location }: Message, folder: string): string {
	if (location === null) return text;
	const path = relative(process.cwd(), resolve(folder, location.file));
	const [, name = ""] = /^Could not resolve "(.*)"/.exec(text) ?? [];
	const sentence = isBuiltin(name) ? name + " is Node's, and a device does not have it" : text;
	return `${path}:${location.line}:${location.column + 1}: ${sentence}`;
}

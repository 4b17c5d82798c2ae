/**
 * Makes JavaScript of all TypeScript, one file for each, below `build/`. It looks at no types:
 * `oxlint --type-check` does. Alone, `node setup/compile.mjs` is the command after a change, and
 * makes the page's scripts too; what did not change costs nothing.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version } from "esbuild";
import { faultsOf } from "./esbuild-faults.mjs";
import { bundleForBrowsers } from "./browser.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const outputFolder = "build";
const sourceFolders = ["src", "hosts", "example", "test", "bench"];
/** What was compiled last: for each source its digest, and its output's size and time. */
const stampPath = join(outputFolder, "compiled.json");

/** As tsconfig.base.json has them: what they mean for one file alone. */
const options = {
	format: "esm",
	target: "es2022",
	tsconfigRaw: { compilerOptions: { target: "es2022", verbatimModuleSyntax: true } },
};

/**
 * @param {string} folder
 * @returns {string[]} paths of the files below it
 */
function filesBelow(folder) {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? filesBelow(path) : [path];
	});
}

/** @param {string} source */
function outputOf(source) {
	return join(outputFolder, source.replace(/\.ts$/, ".js"));
}

/**
 * @param {string} source
 * @returns {string} differs whenever the source, its output or the compiler does
 */
function stateOf(source) {
	const digest = createHash("sha256").update(version).update(readFileSync(source)).digest("hex");
	const output = statSync(outputOf(source), { throwIfNoEntry: false });
	return [digest, output?.size, output?.mtimeMs].join(" ");
}

/** @returns {Record<string, string>} */
function readStamp() {
	try {
		return JSON.parse(readFileSync(stampPath, "utf8"));
	} catch {
		return {};
	}
}

/**
 * Outputs of sources that are there no more: else a test that was deleted would run on.
 *
 * @param {ReadonlySet<string>} sources
 */
function removeOrphans(sources) {
	for (const path of sourceFolders.flatMap((folder) => filesBelow(join(outputFolder, folder)))) {
		const source = path.slice(outputFolder.length + 1).replace(/(\.d\.ts|\.js)$/, ".ts");
		if (/(\.d\.ts|\.js)$/.test(path) && !sources.has(source)) rmSync(path);
	}
}

/**
 * `tsc --build` would leave alone what it once made of the same text, not knowing that the output
 * is another's by now.
 *
 * @param {string} source
 */
function forgetTypes(source) {
	let folder = dirname(source);
	while (folder !== "." && !existsSync(join(folder, "tsconfig.json"))) folder = dirname(folder);
	const name = folder.split(/[\\/]/).join("-") + ".tsbuildinfo";
	rmSync(join(outputFolder, name), { force: true });
}

/**
 * Of a default export esbuild makes a variable, which a chip's ROM can't have.
 *
 * @param {string} path
 */
function keepConstant(path) {
	const text = readFileSync(path, "utf8");
	const constant = text.replace(/^var (\w+_default) = /m, "const $1 = ");
	if (constant !== text) writeFileSync(path, constant);
}

/**
 * Compiles what changed since the last time.
 *
 * @returns {Promise<string>} what esbuild says is wrong; empty when nothing is
 */
export async function compile() {
	process.chdir(root);
	const sources = sourceFolders
		.flatMap(filesBelow)
		.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
	removeOrphans(new Set(sources));
	const stamp = readStamp();
	const changed = sources.filter((source) => stamp[source] !== stateOf(source));
	if (changed.length > 0) {
		for (const source of changed) forgetTypes(source);
		try {
			await build({
				...options,
				entryPoints: changed,
				outbase: ".",
				outdir: outputFolder,
				logLevel: "silent",
			});
		} catch (error) {
			return faultsOf(error);
		}
		for (const source of changed) keepConstant(join(outputFolder, source.replace(/\.ts$/, ".js")));
		const states = sources.map((source) => [source, stateOf(source)]);
		writeFileSync(stampPath, JSON.stringify(Object.fromEntries(states), undefined, "\t"));
	}
	return "";
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	const faults = (await compile()) || (await bundleForBrowsers()).faults;
	process.stderr.write(faults);
	process.exitCode = faults === "" ? 0 : 1;
}

/**
 * Makes each command-line tool one file of `build/bin`, of what has been compiled: a command begins
 * in a third of the processor time that loading some hundred modules takes.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { faultsOf } from "./esbuild-faults.mjs";
import { bundleForBrowsers } from "./browser.mjs";
import { banner, ownPlaces } from "./own-places.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const outputFolder = join("build", "bin");
const stampPath = join(outputFolder, "stamp.txt");

/** Each tool by the command's name, its main module; and `opendms/service`, a library. */
const tools = {
	opendms: "build/hosts/dms/main.js",
	"opendms-board": "build/hosts/board/main.js",
	"opendms-moddable": "build/hosts/moddable/tools/main.js",
	service: "build/hosts/dms/library.js",
};

/** Packages with programs of their own for each kind of machine, which no bundle can hold. */
const external = ["@photostructure/sqlite", "@serialport/bindings-cpp", "esbuild"];

/**
 * The licence of each package that is in a bundle: they all ask for it.
 *
 * @param {Iterable<string>} inputs paths of the modules in the bundles
 */
function writeLicences(inputs) {
	const folders = new Set();
	for (const input of inputs) {
		const [folder] = /^node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(input) ?? [];
		if (folder !== undefined) folders.add(folder);
	}
	const texts = [...folders].sort().map((folder) => {
		const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
		return about.name + " " + about.version + "\n\n" + licenceIn(folder, about).trim() + "\n";
	});
	writeFileSync(join(outputFolder, "LICENSES.txt"), texts.join("\n" + "-".repeat(78) + "\n\n"));
}

/**
 * Some packages have its text in a file, some at the end of their README, some only its name.
 *
 * @param {string} folder
 * @param {{ license?: string, author?: string | { name: string } }} about
 * @returns {string}
 */
function licenceIn(folder, { license, author }) {
	const files = readdirSync(folder);
	const file = files.find((entry) => /^licen[cs]e/i.test(entry));
	if (file !== undefined) return readFileSync(join(folder, file), "utf8");
	const readme = files.find((entry) => /^readme/i.test(entry));
	const page = readme === undefined ? "" : readFileSync(join(folder, readme), "utf8");
	const [, text] = /^#+ *licen[cs]e\b.*\n([^]*)/im.exec(page) ?? [];
	if (text !== undefined) return text;
	if (license === undefined) throw new Error("no licence in " + folder);
	return license + ", " + (typeof author === "object" ? author.name : (author ?? ""));
}

/** @returns {string} differs whenever something does that the bundles are made of */
function stateOfInputs() {
	const hash = createHash("sha256");
	const compiled = ["build/src", "build/hosts"].flatMap((folder) =>
		readdirSync(folder, { recursive: true, encoding: "utf8" })
			.filter((name) => name.endsWith(".js"))
			.sort()
			.map((name) => join(folder, name)),
	);
	for (const path of [
		"package-lock.json",
		"setup/bundle.mjs",
		"setup/own-places.mjs",
		...compiled,
	]) {
		hash.update(path).update(readFileSync(path));
	}
	return hash.digest("hex");
}

/**
 * Bundles what has been compiled, and the page's scripts, and makes the modules for a chip, unless
 * that is done.
 *
 * @returns {Promise<string>} what esbuild says is wrong; empty when nothing is
 */
export async function bundle() {
	process.chdir(root);
	const { makeDeviceModules } = await import("../build/hosts/board/compact/firmware.js");
	makeDeviceModules();
	const scripts = await bundleForBrowsers();
	if (scripts.faults !== "") return scripts.faults;
	const state = stateOfInputs();
	if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === state) {
		// Tests see by its time that what is compiled is in the bundles.
		utimesSync(stampPath, new Date(), new Date());
		return "";
	}
	rmSync(outputFolder, { recursive: true, force: true });
	try {
		const { metafile } = await build({
			entryPoints: Object.entries(tools).map(([out, path]) => ({ in: path, out })),
			outdir: outputFolder,
			bundle: true,
			platform: "node",
			format: "esm",
			target: "node20",
			external,
			banner: { js: banner },
			plugins: [ownPlaces(outputFolder)],
			metafile: true,
			logLevel: "silent",
		});
		writeLicences([...Object.keys(metafile.inputs), ...scripts.inputs]);
	} catch (error) {
		return faultsOf(error);
	}
	writeFileSync(stampPath, state);
	return "";
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	const faults = await bundle();
	process.stderr.write(faults);
	process.exitCode = faults === "" ? 0 : 1;
}

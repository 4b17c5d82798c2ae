/**
 * Makes the page's scripts, each in one file of `build/browser` whose name has its hash: an entry
 * is a file of `hosts/dms/page/browser`, and what it imports only now and then is one of its own.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { faultsOf } from "./esbuild-faults.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const sourceFolder = join("hosts", "dms", "page", "browser");
const outputFolder = join("build", "browser");
const stampPath = join(outputFolder, "stamp.json");

function entries() {
	return readdirSync(sourceFolder)
		.filter((name) => name.endsWith(".ts"))
		.map((name) => join(sourceFolder, name));
}

/**
 * @param {readonly string[]} inputs the files that the scripts were made of
 * @returns {string} differs whenever something does that they are made of
 */
function stateOf(inputs) {
	const hash = createHash("sha256");
	for (const path of ["package-lock.json", "setup/browser.mjs", ...entries(), ...inputs]) {
		hash.update(path).update(existsSync(path) ? readFileSync(path) : "");
	}
	return hash.digest("hex");
}

/** @returns {{ state?: string, inputs: string[] }} */
function readStamp() {
	try {
		return JSON.parse(readFileSync(stampPath, "utf8"));
	} catch {
		return { inputs: [] };
	}
}

/**
 * Bundles the scripts, unless that is done.
 *
 * @returns {Promise<{ faults: string, inputs: string[] }>} what esbuild says is wrong, empty when
 *   nothing is; and the files that the scripts are made of
 */
export async function bundleForBrowsers() {
	process.chdir(root);
	const stamp = readStamp();
	if (stamp.state === stateOf(stamp.inputs)) return { faults: "", inputs: stamp.inputs };
	rmSync(outputFolder, { recursive: true, force: true });
	try {
		const { metafile } = await build({
			entryPoints: entries(),
			outdir: outputFolder,
			entryNames: "[name]-[hash]",
			chunkNames: "[name]-[hash]",
			bundle: true,
			splitting: true,
			minify: true,
			platform: "browser",
			format: "esm",
			target: "es2022",
			metafile: true,
			logLevel: "silent",
		});
		const inputs = Object.keys(metafile.inputs);
		writeFileSync(stampPath, JSON.stringify({ state: stateOf(inputs), inputs }));
		return { faults: "", inputs };
	} catch (error) {
		return { faults: await faultsOf(error), inputs: [] };
	}
}

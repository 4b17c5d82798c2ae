/**
 * Bundles the compiled tests, with what they share in files of their own: most tests are over in
 * less time than Node takes to load some hundred modules one by one.
 */

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { faultsOf } from "./esbuild-faults.mjs";
import { banner, ownPlaces } from "./own-places.mjs";

const inputFolder = join("build", "test");
/** A folder for each process that runs tests, by its number. */
const bundlesFolder = join("build", "tests");

/** There a chip's modules are loaded by their paths: in a bundle some would be there twice. */
const asCompiled = /^(esp32|sdk)\//;

/** Packages that few tests need, or that look for files of their own. */
const external = [
	...["@hey-api/*", "@photostructure/sqlite", "@seriousme/*", "@serialport/*", "@yowasp/*"],
	...["ajv", "esbuild", "oidc-provider", "openid-client", "playwright-core", "terser"],
	"typescript",
];

/** Of the compiled tests: `dms/claim.test.js` and the like, by path below `build/test`. */
export function testFiles() {
	return readdirSync(inputFolder, { recursive: true, encoding: "utf8" })
		.map((name) => name.replaceAll("\\", "/"))
		.filter((name) => name.endsWith(".test.js"))
		.sort();
}

/** @param {string} name a folder of bundles */
function isInUse(name) {
	try {
		return process.kill(Number(name), 0);
	} catch {
		return false;
	}
}

/** Who is killed leaves its own behind. */
function removeBundles() {
	if (!existsSync(bundlesFolder)) return;
	for (const name of readdirSync(bundlesFolder).filter((one) => !isInUse(one))) {
		rmSync(join(bundlesFolder, name), { recursive: true, force: true });
	}
}

/**
 * The bundles are there until this process ends.
 *
 * @param {readonly string[]} names as `testFiles` has them
 * @returns {Promise<string[]>} the path of each one's bundle, or of what has none
 * @throws {Error} with what esbuild says is wrong
 */
export async function bundleTests(names) {
	removeBundles();
	const folder = join(bundlesFolder, String(process.pid));
	process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
	const nameOf = (/** @type {string} */ name) => name.replaceAll("/", "-");
	const bundled = names.filter((name) => !asCompiled.test(name));
	try {
		await build({
			entryPoints: bundled.map((name) => ({
				in: join(inputFolder, name),
				out: nameOf(name).replace(/\.js$/, ""),
			})),
			absWorkingDir: process.cwd(), // esbuild has that of its import.
			outdir: folder,
			chunkNames: "[name]-[hash]",
			bundle: true,
			splitting: true,
			platform: "node",
			format: "esm",
			target: "node20",
			external,
			banner: { js: banner },
			plugins: [ownPlaces(folder)],
			logLevel: "silent",
		});
	} catch (error) {
		throw new Error(await faultsOf(error));
	}
	return names.map((name) =>
		asCompiled.test(name) ? join(inputFolder, name) : join(folder, nameOf(name)),
	);
}

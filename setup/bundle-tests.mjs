/**
 * Bundles the compiled tests, with what they share in files of their own: most tests are over in
 * less time than Node takes to load some hundred modules one by one.
 */

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build, formatMessages } from "esbuild";
import { banner, ownPlaces } from "./own-places.mjs";

const inputFolder = join("build", "test");
const outputFolder = join("build", "tests");

/** Packages that few tests need, or that look for files of their own; and a chip's modules. */
const external = [
	...["@hey-api/*", "@photostructure/sqlite", "@seriousme/*", "@serialport/*", "@yowasp/*"],
	...["ajv", "esbuild", "oidc-provider", "openid-client", "playwright-core", "terser"],
	...["typescript", "embedded:*", "mc/*", "timer"],
];

/** Of the compiled tests: `dms/claim.test.js` and the like, by path below `build/test`. */
export function testFiles() {
	return readdirSync(inputFolder, { recursive: true, encoding: "utf8" })
		.map((name) => name.replaceAll("\\", "/"))
		.filter((name) => name.endsWith(".test.js"))
		.sort();
}

/**
 * @param {readonly string[]} names as `testFiles` has them
 * @returns {Promise<Map<string, string>>} the path of each one's bundle
 * @throws {Error} with what esbuild says is wrong
 */
export async function bundleTests(names) {
	rmSync(outputFolder, { recursive: true, force: true });
	const bundles = names.map((name) => [name, name.replaceAll("/", "-")]);
	try {
		await build({
			entryPoints: bundles.map(([name, out]) => ({
				in: join(inputFolder, name),
				out: out.replace(/\.js$/, ""),
			})),
			outdir: outputFolder,
			chunkNames: "[name]-[hash]",
			bundle: true,
			splitting: true,
			platform: "node",
			format: "esm",
			target: "node20",
			external,
			banner: { js: banner },
			plugins: [ownPlaces(outputFolder)],
			logLevel: "silent",
		});
	} catch (error) {
		throw new Error((await formatMessages(error.errors ?? [], { kind: "error" })).join(""));
	}
	return new Map(bundles.map(([name, out]) => [name, join(outputFolder, out)]));
}

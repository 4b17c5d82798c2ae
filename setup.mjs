/**
 * All set-up, each time: what is there already costs nothing. `npm start` and `npm test` begin with
 * it.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const nodeMajorMinimum = 20;
const stampPath = "node_modules/.opendms-stamp";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));

/**
 * @param {string} sentence
 * @returns {never}
 */
function stop(sentence) {
	console.error("\n" + sentence);
	process.exit(1);
}

/** @param {string} text */
function say(text) {
	process.stderr.write(text);
}

/**
 * Runs a program to its end, with its output shown only when it fails.
 *
 * @param {string} program
 * @param {string[]} parameters
 * @returns {boolean} whether it succeeded
 */
function run(program, parameters) {
	const { status, stdout, stderr, error } = spawnSync(program, parameters, { encoding: "utf8" });
	if (status === 0) return true;
	say("\n" + (error ? error.message + "\n" : "") + stdout + stderr);
	return false;
}

function checkNode() {
	const major = Number(process.versions.node.split(".")[0]);
	if (major < nodeMajorMinimum) {
		stop(`opendms needs Node.js ${nodeMajorMinimum} or later; this is ${process.version}.`);
	}
}

function installPackages() {
	const digest = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
	if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === digest) return;
	say("packages: installing ... ");
	if (!run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])) {
		stop("npm could not install the packages. Is the npm registry within reach?");
	}
	writeFileSync(stampPath, digest);
	say("done\n");
}

async function compileTypeScript() {
	const { compile } = await import("./setup/compile.mjs");
	const faults = await compile();
	if (faults !== "") stop(faults + "This source can't be compiled.");
}

/** Each command-line tool in one file. */
async function bundleTools() {
	const { bundle } = await import("./setup/bundle.mjs");
	const faults = await bundle();
	if (faults !== "") stop(faults + "The command-line tools can't be bundled.");
}

/**
 * Hears of the compiler's progress: a terminal shows it in place, anything else at each tenth.
 *
 * @param {number} done
 * @param {number} total
 */
function showProgress(done, total) {
	if (total === 0) return;
	if (process.stderr.isTTY) say(`\rXS: compiling ${done} of ${total}${done === total ? "\n" : ""}`);
	else if (done % Math.ceil(total / 10) === 0 || done === total) {
		say(`XS: compiled ${done} of ${total}\n`);
	}
}

/** The board's processor; and what a C compiler makes for `--uart pty:`, where there is one. */
async function compileProcessor() {
	const { buildModule } = await import("./build/hosts/board/xs/build/wasm.js");
	const { buildPty } = await import("./build/hosts/board/xs/build/native.js");
	await buildModule(showProgress);
	buildPty();
}

/** What was made runs here: XS computes something. */
async function proveProcessor() {
	const { prove } = await import("./build/hosts/board/xs/prove.js");
	await prove();
}

checkNode();
installPackages();
await compileTypeScript();
await bundleTools();
try {
	await compileProcessor();
	await proveProcessor();
} catch (error) {
	stop("The XS engine could not be made: " + (error instanceof Error ? error.message : error));
}

/**
 * All set-up, each time: what is there already costs nothing. `npm start` and `npm test` begin with
 * it. It takes Node and npm, and no more: no root, no compiler, no other program.
 */

import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { alone } from "./setup/alone.mjs";
import { npmFailure } from "./setup/npm.mjs";

const nodeMajorMinimum = 20;
const stampPath = join("node_modules", ".opendms-stamp");

process.chdir(fileURLToPath(new URL(".", import.meta.url)));

/** @param {string} text */
function say(text) {
	process.stderr.write(text);
}

function checkNode() {
	const major = Number(process.versions.node.split(".")[0]);
	if (major < nodeMajorMinimum) {
		throw new Error(`It needs Node.js ${nodeMajorMinimum} or later; this is ${process.version}.`);
	}
}

/** Set-up puts packages and what is compiled beside the sources. */
function checkFolders() {
	for (const folder of [".", "node_modules", "build"].filter((path) => existsSync(path))) {
		try {
			accessSync(folder, constants.W_OK);
		} catch {
			throw new Error(
				`The folder ${join(process.cwd(), folder)} can't be written. ` +
					"Make it yours, or use a copy of all of it.",
			);
		}
	}
}

/** Some packages have programs for one kind of machine: a folder that has moved gets them anew. */
async function installPackages() {
	const machine = `${process.platform} ${process.arch} `;
	const lock = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
	const stamp = machine + lock;
	if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return;
	say("packages: installing ... ");
	// npm removes it too, but fails at what another npm left that was killed in the middle.
	rmSync("node_modules", { recursive: true, force: true, maxRetries: 5 });
	const failure = await npmFailure(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
	if (failure !== undefined) {
		say("\n" + failure);
		throw new Error("npm could not install the packages. Is the npm registry within reach?");
	}
	writeFileSync(stampPath, stamp);
	say("done\n");
}

async function compileTypeScript() {
	const { compile } = await import("./setup/compile.mjs");
	const faults = await compile();
	if (faults !== "") throw new Error(faults + "This source can't be compiled.");
}

/** Each command-line tool in one file. */
async function bundleTools() {
	const { bundle } = await import("./setup/bundle.mjs");
	const faults = await bundle();
	if (faults !== "") throw new Error(faults + "The command-line tools can't be bundled.");
}

/** @param {unknown} error */
function messageOf(error) {
	return error instanceof Error ? error.message : String(error);
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
	try {
		await buildModule(showProgress);
	} catch (error) {
		throw new Error("The XS engine can't be compiled: " + messageOf(error));
	}
	buildPty();
}

/** What was made runs here: XS computes something. */
async function proveProcessor() {
	const { prove } = await import("./build/hosts/board/xs/prove.js");
	try {
		await prove();
	} catch (error) {
		throw new Error("The XS engine was built and doesn't work: " + messageOf(error));
	}
}

function waitForOthers() {
	return alone(() => say("Another set-up runs in this folder; this one waits for it.\n"));
}

const steps = [
	checkNode,
	checkFolders,
	waitForOthers,
	installPackages,
	compileTypeScript,
	bundleTools,
	compileProcessor,
	proveProcessor,
];

try {
	for (const step of steps) await step();
} catch (error) {
	say("\nThe set-up has failed. " + messageOf(error) + "\n");
	process.exitCode = 1;
}

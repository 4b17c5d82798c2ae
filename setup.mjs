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
	if (process.platform !== "linux") {
		stop("The virtual board runs on Linux. On another system, use a Linux container or machine.");
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

/** The C compiler with its 32-bit half, what the tests check certificates with, and a terminal. */
const debianPackages = ["gcc", "libc6-dev", "openssl", "tmux"].concat(
	process.arch === "x64" ? ["gcc-multilib"] : [],
);

/** As root on Debian the tools are installed; elsewhere the user is told what is missing. */
function installTools() {
	const isDebian = existsSync("/etc/debian_version");
	if (!isDebian || process.getuid?.() !== 0) return;
	say(`tools: installing ${debianPackages.join(", ")} ... `);
	const isInstalled =
		run("apt-get", ["update", "-qq"]) &&
		run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...debianPackages]);
	say(isInstalled ? "done\n" : "that failed\n");
}

function hasOpenssl() {
	return spawnSync("openssl", ["version"]).status === 0;
}

function hasTmux() {
	return spawnSync("tmux", ["-V"]).status === 0;
}

/**
 * @param {number} done
 * @param {number} total
 */
function showProgress(done, total) {
	if (process.stderr.isTTY) say(`\rXS: compiling ${done} of ${total}${done === total ? "\n" : ""}`);
	else if (done === 1) say(`XS: compiling ${total} files\n`);
}

async function compileProcessor() {
	const engine = await import("./build/hosts/board/xs/build.js");
	if (!(await engine.canCompile(32)) || !hasOpenssl() || !hasTmux()) installTools();
	const is32 = await engine.canCompile(32);
	if (!is32 && !(await engine.canCompile(64))) {
		stop("A C compiler is missing. On Debian and Ubuntu: apt-get install gcc gcc-multilib");
	}
	if (!is32) {
		say(
			"The C compiler can't make 32-bit programs, so XS is built with 64 bits: figures\n" +
				"of memory are not the chip's. On Debian and Ubuntu (x86): apt-get install gcc-multilib\n",
		);
	}
	if (!hasOpenssl()) say("openssl is missing; some tests need it: apt-get install openssl\n");
	if (!hasTmux()) say("tmux is missing; one test needs it: apt-get install tmux\n");
	await engine.buildProcessor(is32 ? 32 : 64, showProgress);
	await engine.buildPty();
}

checkNode();
installPackages();
await compileTypeScript();
await compileProcessor();

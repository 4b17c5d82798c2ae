/** A product maker's folder, with the npm package in it: what the pages say of it comes true. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { freePort } from "../../example/local-service.js";
import { buildSimulator } from "../../hosts/moddable/tools/simulator.js";
import { Simulation, sdkOrReason } from "../sdk/simulation.js";
import { installPackage, root } from "./installed.js";

const folder = mkdtempSync(join(tmpdir(), "maker-"));
const sdk = sdkOrReason();
const skip = typeof sdk === "string" && sdk;
let typeErrors = "";
let opendms = "";

/** Declarations are part of the package: of the device and of the service. */
before(() => {
	const compiler = join(root, "node_modules/typescript/bin/tsc");
	const parameters = [
		compiler,
		"--build",
		"--emitDeclarationOnly",
		"--noCheck",
		"src",
		"hosts/dms",
	];
	typeErrors = spawnSync(process.execPath, parameters, { cwd: root, encoding: "utf8" }).stdout;
	opendms = installPackage(folder);
});

after(() => rmSync(folder, { recursive: true }));

const page = readFileSync(join(root, "hosts/README.md"), "utf8");

/** The page's block after `start`, without the language. */
function block(language: string, start: string): string {
	const [, text = ""] = page.slice(page.indexOf(start)).split("```" + language + "\n");
	return text.slice(0, text.indexOf("```"));
}

const path = [join(folder, "node_modules/.bin"), process.env.PATH].join(delimiter);
const env = { ...process.env, MODDABLE: "", PATH: path, npm_config_offline: "true" };

/** How npx tells a command that it runs it; it takes a second of its own each time. */
const asByNpx = { ...env, npm_command: "exec" };

function shell(command: string, environment = env) {
	const options = { cwd: folder, shell: true, env: environment, encoding: "utf8" } as const;
	return spawnSync(command, options);
}

/** Types lines into a board, and ends it when it has answered each; all that it printed. */
async function typed(command: string, lines: readonly string[]): Promise<string> {
	const child = spawn(command, { cwd: folder, shell: true, env });
	let printed = "";
	const listen = (bytes: Buffer): void => {
		printed += bytes;
		const prompts = printed.split("\r\n> ").length - 1;
		if (prompts > lines.length) child.stdin.end("\x1d");
	};
	child.stdout.on("data", listen);
	child.stderr.on("data", listen);
	child.stdin.write([...lines, ""].join("\r\n"));
	await once(child, "close");
	return printed;
}

/** Paths in the package. */
function packedFiles(): string[] {
	return readdirSync(opendms, { recursive: true, encoding: "utf8" }).filter(
		(path) => !path.startsWith("node_modules"),
	);
}

test("TypeScript makes the declarations without an error", () => {
	assert.equal(typeErrors, "");
});

test("what a packed page links to is packed", () => {
	const pages = packedFiles().filter((path) => path.endsWith(".md"));
	assert.ok(pages.length > 5);
	const broken = pages.flatMap((path) =>
		[...readFileSync(join(opendms, path), "utf8").matchAll(/\]\(([^)#:]+)\)/g)]
			.filter(([, target = ""]) => !existsSync(join(opendms, dirname(path), target)))
			.map(([, target = ""]) => path + " links to " + target),
	);
	assert.deepEqual(broken, []);
});

test("no tool says to type a script of this checkout", () => {
	const scripts: object = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
	const pattern = new RegExp(`npm (run )?(-s )?(${Object.keys(scripts).join("|")})\\b`);
	for (const name of readdirSync(join(folder, "node_modules/.bin"))) {
		for (const words of ["--help", "", "--no-such-option", "simulate", "build --target none"]) {
			if (name === "opendms-board" && words === "") continue; // It would start.
			const { stdout, stderr } = shell(name + " " + words, asByNpx);
			assert.doesNotMatch(stdout + stderr, pattern);
			assert.match(stdout + stderr, /\w/);
		}
	}
});

test("the page's commands make a folder in which the example runs on the board", async () => {
	const commands = block("console", "A product maker works")
		.trimEnd()
		.split("\n")
		.map((line) => line.replace(/^\$ /, ""));
	assert.equal(commands.length, 4);
	for (const command of commands) {
		if (command.startsWith("npm install ")) continue; // Done, without a network.
		if (command.includes("opendms-board")) {
			const printed = await typed(command, ["version", "lamp on"]);
			assert.match(printed, /ACME-LAMP-[^]*\r\nThe lamp is on\r\n/);
		} else {
			const { stderr, status } = shell(command);
			assert.equal(status, 0, stderr);
		}
	}
});

test("TypeScript finds the declarations of what the example imports", () => {
	const compiler = join(root, "node_modules/typescript/bin/tsc");
	const options = ["--strict", "--target", "es2022", "--lib", "es2022", "--module", "nodenext"];
	const { stdout } = spawnSync(process.execPath, [compiler, ...options, "--noEmit", "lamp.ts"], {
		cwd: folder,
		encoding: "utf8",
	});
	assert.equal(stdout, "");
});

test("the service is a library of the package, with its types", async (context) => {
	const address = "localhost:" + (await freePort());
	const source = readFileSync(join(root, "example/service.ts"), "utf8");
	writeFileSync(join(folder, "service.mts"), source);
	mkdirSync(join(folder, "node_modules/@types"));
	for (const name of ["@types/node", "undici-types"]) {
		cpSync(join(root, "node_modules", name), join(folder, "node_modules", name), {
			recursive: true,
		});
	}
	const compiler = join(root, "node_modules/typescript/bin/tsc");
	// Everything is checked, the package's own declarations too: without --skipLibCheck.
	const options = ["--strict", "--target", "es2022", "--module", "nodenext"];
	const words = [compiler, ...options, "--types", "node", "service.mts"];
	const { stdout } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
	assert.equal(stdout, "");
	const service = spawn(process.execPath, ["service.mjs", "data", address], { cwd: folder });
	context.after(() => service.kill("SIGKILL"));
	const [line] = await once(createInterface({ input: service.stdout }), "line");
	assert.match(String(line), /^dms_provision dms1\/localhost:/);
});

test("a board of the package gets its identity from the package's service", async (context) => {
	const main = join(opendms, "build/bin/opendms.js");
	const address = "localhost:" + (await freePort());
	const service = spawn(process.execPath, [main, "serve", "--address", address], { cwd: folder });
	context.after(() => service.kill("SIGKILL"));
	await once(createInterface({ input: service.stdout }), "line");
	const { token } = JSON.parse(shell("npx opendms --json token provision").stdout);
	const lines = ["set wlan.ssid home", "set wlan.passkey secret123", "dms_provision " + token];
	const board = "npx opendms-board --network home:secret123:-60";
	const printed = await typed(board, lines);
	assert.match(printed, /> dms_provision \*+[^]*\r\nSuccess\r\n/);
});

test("the same app runs in Moddable's simulator", { skip }, async (context) => {
	if (typeof sdk === "string") return;
	writeFileSync(join(folder, "manifest.json"), block("json", "A product maker works"));
	const simulator = buildSimulator(sdk, { manifest: join(folder, "manifest.json") }, "kept");
	const state = join(folder, "simulated");
	mkdirSync(state);
	const simulation = new Simulation(context, simulator, state);
	await simulation.ready();
	assert.match(await simulation.type("version"), /^ACME-LAMP-1\.2\.3\.4/);
	assert.equal(await simulation.type("lamp on"), "The lamp is on");
	await simulation.end();
});

test("and without a terminal, for a controller", { skip }, async (context) => {
	if (typeof sdk === "string") return;
	const manifest = block("json", "A product maker works");
	const [include = ""] = /(?<=`")include": \[.*\](?=`)/.exec(page) ?? [];
	const machine = manifest.replace(/include": "[^"]*"/, () => include);
	assert.match(machine, /manifest-machine/);
	writeFileSync(join(folder, "manifest.json"), machine);
	const simulator = buildSimulator(sdk, { manifest: join(folder, "manifest.json") }, "kept");
	const state = join(folder, "simulated-machine");
	mkdirSync(state);
	const simulation = new Simulation(context, simulator, state);
	await simulation.until("[Ready]");
	simulation.input(new TextEncoder().encode("set system.cmd.format machine\r\nlamp on\r\n"));
	await simulation.until("R000008\nSet OK\nR000016\nThe lamp is on\n");
	await simulation.end();
});

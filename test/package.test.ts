/** A product maker's app in a folder of its own, on the npm package. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSimulator } from "../hosts/moddable/tools/simulator.js";
import { Simulation, sdkOrReason } from "./sdk/simulation.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "maker-"));
const opendms = join(folder, "node_modules/opendms");
const sdk = sdkOrReason();
const skip = typeof sdk === "string" && sdk;

/** What the app takes from our package, in place of its relative paths. */
const app = readFileSync(join(root, "example/lamp/lamp.ts"), "utf8").replaceAll(
	'"../../src/',
	'"opendms/src/',
);

/** The app is the maker's; a plain device's, which has none, makes way. */
const manifest = {
	include: "./node_modules/opendms/manifest.json",
	modules: { "~": "./node_modules/opendms/hosts/moddable/no-app", app: "./lamp" },
};

before(() => {
	const packed = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
	const name = execFileSync("npm", packed, { cwd: root, encoding: "utf8" }).trim();
	mkdirSync(opendms, { recursive: true });
	execFileSync("tar", ["-xzf", join(folder, name), "-C", opendms, "--strip-components=1"]);
	// In place of `npm install`, which would want the network.
	for (const entry of readdirSync(join(root, "node_modules"))) {
		if (!entry.startsWith(".")) {
			symlinkSync(join(root, "node_modules", entry), join(folder, "node_modules", entry));
		}
	}
	writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
	writeFileSync(join(folder, "lamp.ts"), app);
	writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
});

after(() => rmSync(folder, { recursive: true }));

test("an app outside this repository runs on the board", () => {
	const compiler = join(root, "node_modules/typescript/bin/tsc");
	const options = ["--strict", "--target", "es2022", "--lib", "es2022", "--module", "nodenext"];
	const compiled = spawnSync(process.execPath, [compiler, ...options, "lamp.ts"], {
		cwd: folder,
		encoding: "utf8",
	});
	assert.equal(compiled.stdout + compiled.stderr, "");
	const board = join(opendms, "build/hosts/board/main.js");
	const { stdout, stderr } = spawnSync(
		process.execPath,
		[board, "--app", "lamp.js", "--processor", "v8"],
		{ cwd: folder, encoding: "utf8", input: "version\r\nlamp on\r\n" },
	);
	assert.match(stdout, /ACME-LAMP-/, stderr);
	assert.match(stdout, /The lamp is on/);
});

test("the same app runs in Moddable's simulator", { skip }, async (context) => {
	if (typeof sdk === "string") return;
	const simulator = buildSimulator(sdk, { manifest: join(folder, "manifest.json") }, "kept");
	const state = join(folder, "simulated");
	mkdirSync(state);
	const simulation = new Simulation(context, simulator, state);
	await simulation.ready();
	assert.match(await simulation.type("version"), /^ACME-LAMP-/);
	assert.equal(await simulation.type("lamp on"), "The lamp is on");
	await simulation.end();
});

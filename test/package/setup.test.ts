/** Set-up in a copy of this checkout: what is wrong ends it with a sentence and exit code 1. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	symlinkSync,
	truncateSync,
	watch,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { root } from "./installed.js";

const elsewhere = process.platform !== "linux" && "only Linux has sockets with a name and no file";
const scripts = ["setup.mjs", "setup", "package.json", "package-lock.json"];
const sources = ["manifest.json", "src", "hosts"];
const engine = ["build/xs/xs.wasm", "build/xs/xs.wasm.stamp"];
const compiled = ["build/src", "build/hosts", "build/device", "build/bin", ...engine];

/** What set-up is made of, in a folder without packages. */
function copyOfScripts(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-setup-"));
	context.after(() => rmSync(folder, { recursive: true }));
	copyParts(folder, scripts);
	return folder;
}

/** A copy of all that set-up looks at, compiled, with this checkout's packages. */
function copy(context: TestContext): string {
	const folder = copyOfScripts(context);
	copyParts(folder, [...sources, ...compiled]);
	linkPackages(join(root, "node_modules"), join(folder, "node_modules"));
	return folder;
}

function copyParts(folder: string, parts: readonly string[]): void {
	for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
}

/** One by one: were they not what the lock says, npm would replace the copy's, not ours. */
function linkPackages(source: string, target: string): void {
	mkdirSync(target);
	for (const name of readdirSync(source)) {
		if (name === ".opendms-stamp") cpSync(join(source, name), join(target, name));
		else symlinkSync(join(source, name), join(target, name));
	}
}

/** A script that stands for npm: it says so, and takes a while to end once it is told to. */
const slowNpm = `
const { mkdirSync, writeFileSync } = require("node:fs");
setInterval(() => {}, 1000);
process.on("SIGINT", () => setTimeout(() => {
	mkdirSync("node_modules");
	writeFileSync("npm-has-ended", "");
	process.exit(1);
}, 300));
writeFileSync("npm-runs", "");
`;

/** Starts a set-up with `slowNpm`, and resolves when that runs. */
async function startSlow(context: TestContext, folder: string) {
	writeFileSync(join(folder, "npm.cjs"), slowNpm);
	const child = spawn(process.execPath, [join(folder, "setup.mjs")], {
		stdio: ["ignore", "ignore", "pipe"],
		env: { ...process.env, npm_execpath: join(folder, "npm.cjs") },
	});
	context.after(() => child.kill("SIGKILL"));
	const watcher = watch(folder);
	const ended = once(child, "exit").then(() => assert.fail("it ended before npm ran"));
	while (!existsSync(join(folder, "npm-runs"))) {
		await Promise.race([once(watcher, "change"), ended]);
	}
	ended.catch(() => {});
	watcher.close();
	return child;
}

function setUp(folder: string, environment: NodeJS.ProcessEnv = {}) {
	return spawnSync(process.execPath, [join(folder, "setup.mjs")], {
		encoding: "utf8",
		env: { ...process.env, npm_execpath: "", ...environment },
	});
}

test("a second set-up says nothing, without any other program in PATH", (context) => {
	const folder = copy(context);
	const { stdout, stderr, status } = setUp(folder, { PATH: join(folder, "nothing") });
	assert.deepEqual([stdout, stderr, status], ["", "", 0]);
});

test("a source that can't be compiled is named with its place", (context) => {
	const folder = copy(context);
	writeFileSync(join(folder, "src/wrong.ts"), "export const a = 1;\nexport const b = ;\n");
	const { stderr, status } = setUp(folder);
	assert.match(stderr, /src.wrong\.ts:2:17:[^]*This source can't be compiled\.\n$/);
	assert.equal(status, 1);
});

test("an engine that doesn't run is found out", (context) => {
	const folder = copy(context);
	truncateSync(join(folder, "build/xs/xs.wasm"), 1000);
	const { stderr, status } = setUp(folder);
	assert.match(stderr, /The set-up has failed\. The XS engine was built and doesn't work: .+\n$/);
	assert.equal(status, 1);
});

test("packages that can't be had end it with a sentence", (context) => {
	const folder = copyOfScripts(context);
	const { stderr, status } = setUp(folder, {
		npm_config_registry: "http://127.0.0.1:1/",
		npm_config_cache: join(folder, "cache"),
		npm_config_fetch_retries: "0",
	});
	assert.match(
		stderr,
		/npm could not install the packages\. Is the npm registry within reach\?\n$/,
	);
	assert.equal(status, 1);
});

test("a set-up that is interrupted ends after its npm", async (context) => {
	const folder = copyOfScripts(context);
	const child = await startSlow(context, folder);
	child.kill("SIGINT");
	assert.deepEqual(await once(child, "exit"), [130, null]);
	assert.ok(existsSync(join(folder, "npm-has-ended")));
});

test("a second set-up in the folder waits for the first", { skip: elsewhere }, async (context) => {
	const folder = copyOfScripts(context);
	const first = await startSlow(context, folder);
	const second = spawn(process.execPath, [join(folder, "setup.mjs")], {
		stdio: ["ignore", "ignore", "pipe"],
		env: { ...process.env, npm_execpath: join(folder, "none.js") },
	});
	const ended = once(second, "exit");
	const [said] = (await once(second.stderr, "data")) as [Buffer];
	assert.equal(String(said), "Another set-up runs in this folder; this one waits for it.\n");
	assert.ok(!existsSync(join(folder, "npm-has-ended")));
	first.kill("SIGINT");
	await ended;
	assert.ok(existsSync(join(folder, "npm-has-ended")));
});

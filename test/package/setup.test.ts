/** Set-up in a copy of this checkout: what is wrong ends it with a sentence and exit code 1. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { root } from "./installed.js";

const parts = ["setup.mjs", "setup", "package.json", "package-lock.json", "manifest.json"];
const compiled = ["build/src", "build/hosts", "build/device", "build/bin", "build/xs/xs.wasm"];

/** A copy that is compiled, with this checkout's packages or none. */
function copy(context: TestContext, hasPackages: boolean): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-setup-"));
	context.after(() => rmSync(folder, { recursive: true }));
	for (const part of [...parts, "src", "hosts", ...compiled, "build/xs/xs.wasm.stamp"]) {
		cpSync(join(root, part), join(folder, part), { recursive: true });
	}
	if (hasPackages) linkPackages(join(root, "node_modules"), join(folder, "node_modules"));
	return folder;
}

/** One by one: were they not what the lock says, npm would replace the copy's, not ours. */
function linkPackages(source: string, target: string): void {
	mkdirSync(target);
	for (const name of readdirSync(source)) {
		if (name === ".opendms-stamp") cpSync(join(source, name), join(target, name));
		else symlinkSync(join(source, name), join(target, name));
	}
}

function setUp(folder: string, environment: NodeJS.ProcessEnv = {}) {
	return spawnSync(process.execPath, [join(folder, "setup.mjs")], {
		encoding: "utf8",
		env: { ...process.env, npm_execpath: "", ...environment },
	});
}

test("a second set-up says nothing, without any other program in PATH", (context) => {
	const folder = copy(context, true);
	const { stdout, stderr, status } = setUp(folder, { PATH: join(folder, "nothing") });
	assert.deepEqual([stdout, stderr, status], ["", "", 0]);
});

test("a source that can't be compiled is named with its place", (context) => {
	const folder = copy(context, true);
	writeFileSync(join(folder, "src/wrong.ts"), "export const a = 1;\nexport const b = ;\n");
	const { stderr, status } = setUp(folder);
	assert.match(stderr, /src.wrong\.ts:2:17:[^]*This source can't be compiled\.\n$/);
	assert.equal(status, 1);
});

test("an engine that doesn't run is found out", (context) => {
	const folder = copy(context, true);
	truncateSync(join(folder, "build/xs/xs.wasm"), 1000);
	const { stderr, status } = setUp(folder);
	assert.match(stderr, /The set-up has failed\. The XS engine was built and doesn't work: .+\n$/);
	assert.equal(status, 1);
});

test("packages that can't be had end it with a sentence", (context) => {
	const folder = copy(context, false);
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

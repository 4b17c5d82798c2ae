/** `npm test` as a process, in a folder with tests of its own. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "./installed.js";

const folder = mkdtempSync(join(tmpdir(), "opendms-run-"));
after(() => rmSync(folder, { recursive: true }));
cpSync(join(root, "setup"), join(folder, "setup"), { recursive: true });
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

/** Not as one text: this file is bundled too, and there each module's place takes its place. */
const ownPlace = ["import", "meta", "url"].join(".");

/** Compiled tests, and what they share, by their paths. */
const files = {
	"shared.js":
		'import { readFileSync } from "node:fs";\n' +
		'export const text = readFileSync(new URL("beside.txt", ' +
		`${ownPlace}), "utf8");\n`,
	"beside.txt": "here",
	"room/good.test.js":
		'import { test } from "node:test"; import { text } from "../shared.js";\n' +
		'test("it reads what is " + text, () => {});\n',
	"room/bad.test.js":
		'import { test } from "node:test"; import { text } from "../shared.js";\n' +
		'test("it throws", () => { throw new Error("not " + text); });\n',
	"room/late.test.js":
		'import { test } from "node:test";\n' +
		'test("nobody waits", () => void setImmediate(() => { throw new Error("too late"); }));\n',
};
mkdirSync(join(folder, "build/test/room"), { recursive: true });
for (const [path, text] of Object.entries(files)) {
	writeFileSync(join(folder, "build/test", path), text);
}

function run(...words: readonly string[]) {
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const parameters = [join(folder, "setup/test.mjs"), ...words];
	return spawnSync(process.execPath, parameters, { env, encoding: "utf8" });
}

test("tests find their files from their bundles, and one that fails fails the run", () => {
	const { stdout, status } = run();
	assert.match(stdout, /^ok \d - it reads what is here$/m);
	assert.match(stdout, /^not ok \d - it throws$[^]*error: 'not here'/m);
	assert.match(stdout, /room-bad\.test\.js/);
	assert.equal(status, 1);
});

test("an error that nobody waits for fails the run, and is named", () => {
	const { stdout, status } = run("room/late");
	assert.match(stdout, /Error: too late/);
	assert.match(stdout, /^not ok \d - .*room-late\.test\.js$/m);
	assert.equal(status, 1);
});

test("words choose tests by their paths, and none is an error", () => {
	const { stdout, status } = run("room/good");
	assert.match(stdout, /^ok 1 - it reads what is here$/m);
	assert.doesNotMatch(stdout, /it throws/);
	assert.equal(status, 0);
	const none = run("nowhere");
	assert.deepEqual([none.stdout, none.status], ["", 1]);
	assert.equal(none.stderr, 'No test\'s path has "nowhere" in it.\n');
});

test("no bundle is left behind", () => {
	mkdirSync(join(folder, "build/tests/4194305"), { recursive: true }); // Of nobody any more.
	run("room/good");
	assert.deepEqual(readdirSync(join(folder, "build/tests")), []);
});

test("the tests that begin first are there", () => {
	const source = readFileSync(join(root, "setup/test.mjs"), "utf8");
	const [list = ""] = /const longest = \[[^]*?\]\.map/.exec(source) ?? [];
	const names = [...list.matchAll(/"([\w/-]+)"/g)].map(([, name = ""]) => name);
	assert.ok(names.length > 5);
	for (const name of names) {
		assert.ok(existsSync(join(root, "build/test", name + ".test.js")), name);
	}
});

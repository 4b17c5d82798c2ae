/** A product maker's app in TypeScript, with packages of its own, as `opendms-board --app`. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { toolScript } from "../../example/tool-script.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const board = toolScript("opendms-board");

/** A folder with these files. */
function folderOf(context: TestContext, files: Readonly<Record<string, string>>): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms app ")); // Blanks are normal in a path.
	context.after(() => rmSync(folder, { recursive: true }));
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
	return folder;
}

function run(folder: string, words: readonly string[], input = "") {
	return spawnSync(process.execPath, [board, ...words], { cwd: folder, encoding: "utf8", input });
}

const greeter: Readonly<Record<string, string>> = {
	"app.ts": `import type { App } from "opendms/src/device.js";
import { encode } from "@msgpack/msgpack";
import { DmsError, DmsResult } from "opendms/src/protocol/result.js";
import { greet } from "./greeting.ts";
const app: App = {
	product: "GREETER",
	commands: [
		{ name: "greet", parameters: "<name>", help: "greets", count: [1, 1],
			run: (_, [name = ""]) => greet(name) + encode(1).length },
		{ name: "refuse", parameters: "", help: "refuses", count: [0, 0],
			run: () => { throw new DmsError(DmsResult.BadArgument, "No, not that."); } },
	],
};
export default app;
`,
	"greeting.ts": `import shout from "shout";
export function greet(name: string): string { return shout("hello " + name); }
`,
	"node_modules/shout/package.json": '{ "name": "shout", "main": "./shout.cjs" }',
	"node_modules/shout/shout.cjs": "module.exports = (text) => text.toUpperCase() + '!';",
};

for (const processor of ["v8", "xs"]) {
	test("an app in TypeScript with a package of its own runs on " + processor, (context) => {
		const folder = folderOf(context, greeter);
		const words = ["--app", "app.ts", "--processor", processor];
		const { stdout, stderr } = run(folder, words, "greet you\r\nrefuse\r\n");
		assert.match(stdout, /HELLO YOU!1/, stderr);
		// The device program's own class, not a copy in the app: else it would be a fault.
		assert.match(stdout, /No, not that\./, stderr);
	});
}

test("its image is the same each time, wherever it is built", (context) => {
	const folder = folderOf(context, greeter);
	const [first, second] = ["1.image", "2.image"].map((name) => {
		const { stderr, status } = run(folder, ["--app", "app.ts", "--write-image", name]);
		assert.equal(stderr, "");
		assert.equal(status, 0);
		return readFileSync(join(folder, name));
	});
	assert.deepEqual(first, second);
	assert.ok(first?.includes("app/app.js"));
	assert.ok(!first?.includes(folder), "where it was built isn't in it");
});

test("the example runs as it stands in the package", (context) => {
	const folder = folderOf(context, {});
	cpSync(join(root, "example/lamp"), join(folder, "lamp"), { recursive: true });
	const words = ["--app", "lamp/next.ts", "--processor", "v8"];
	const { stdout, stderr } = run(folder, words, "lamp on\r\ndim 30\r\n");
	assert.match(stdout, /The lamp is at 70 percent/, stderr);
});

const mistakes: readonly (readonly [name: string, source: string, sentence: RegExp])[] = [
	["a syntax error", "const a = 1;\nconst b = ;\n", /^app\.ts:2:11: Unexpected ";"\n$/],
	[
		"a package that isn't installed",
		'import "absent";',
		/^app\.ts:1:8: Could not resolve "absent"/,
	],
	[
		"a module of Node's",
		'import "node:fs";',
		/^app\.ts:1:8: node:fs is Node's, and a device does not have it\n$/,
	],
	[
		"a module that isn't ours",
		'import "opendms/src/no.js";',
		/^app\.ts .*opendms\/src\/no\.js.*\n$/,
	],
];

for (const [name, source, sentence] of mistakes) {
	test(name + " is named with its place", (context) => {
		const folder = folderOf(context, { "app.ts": source });
		const { stdout, stderr, status } = run(folder, ["--app", "app.ts", "--write-image", "i"]);
		assert.match(stderr, sentence);
		assert.equal(stdout, "");
		assert.equal(status, 1);
	});
}

test("a compiled app that is no module is named with its place", (context) => {
	const folder = folderOf(context, { "app.js": "export default {\n" });
	const { stderr, status } = run(folder, ["--app", "app.js", "--write-image", "i"]);
	assert.match(stderr, /^app\.js:\d+:\d+: .+\n$/);
	assert.equal(status, 1);
});

test("an app that isn't there is named", (context) => {
	for (const name of ["app.ts", "app.js"]) {
		const { stderr, status } = run(folderOf(context, {}), ["--app", name, "--write-image", "i"]);
		assert.equal(stderr, "There is no file " + name + "\n");
		assert.equal(status, 1);
	}
});

/**
 * Tests of the tests: each patch beside this file breaks a promise, and the test that it names must
 * notice. A patch that doesn't fit any more is a failure too.
 */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = join(root, "test/mutants");
const patches = readdirSync(folder).filter((name) => name.endsWith(".patch"));
/** The compiled tree again, for the patched files to take their places in. */
const copy = mkdtempSync(join(tmpdir(), "opendms-mutants-"));
const compilerOptions = {
	target: ts.ScriptTarget.ES2022,
	module: ts.ModuleKind.ES2022,
	verbatimModuleSyntax: true,
};

after(() => rmSync(copy, { recursive: true }));

cpSync(join(root, "build"), join(copy, "build"), {
	recursive: true,
	filter: (path) => !path.endsWith("build/xs") && !path.endsWith("build/images"),
});
for (const name of ["node_modules", "package.json", "build/xs"]) {
	symlinkSync(join(root, name), join(copy, name));
}

/** Applies a patch to a copy of the one file it is for; returns that file's path in the tree. */
function patched(patch: string): { readonly path: string; readonly source: string } {
	const text = readFileSync(join(folder, patch), "utf8");
	const path = /^\+\+\+ b\/(.*)$/m.exec(text)?.[1];
	assert.ok(path, "the patch names a file");
	const target = join(copy, "source", path);
	mkdirSync(dirname(target), { recursive: true });
	writeFileSync(target, readFileSync(join(root, path)));
	execFileSync("git", ["apply", join(folder, patch)], { cwd: join(copy, "source") });
	return { path, source: readFileSync(target, "utf8") };
}

function testsPass(test: string): boolean {
	const { status } = spawnSync(process.execPath, ["--test", join(copy, "build/test", test)], {
		env: { ...process.env, NODE_TEST_CONTEXT: undefined },
	});
	return status === 0;
}

test("there are at least ten of them", () => assert.ok(patches.length >= 10));

for (const patch of patches) {
	test(patch.replace(".patch", "") + " is caught", () => {
		const [, designated = ""] =
			/^Caught by: (.*)$/m.exec(readFileSync(join(folder, patch), "utf8")) ?? [];
		const { path, source } = patched(patch);
		const compiled = join(copy, "build", path.replace(/\.ts$/, ".js"));
		const original = readFileSync(compiled);
		const { outputText } = ts.transpileModule(source, { compilerOptions });
		assert.notEqual(outputText, original.toString());
		writeFileSync(compiled, outputText);
		try {
			assert.ok(!testsPass(designated), designated + " has not noticed");
		} finally {
			writeFileSync(compiled, original);
		}
	});
}

test("and without them the same tests pass", () => {
	const designated = patches.map(
		(patch) => /^Caught by: (.*)$/m.exec(readFileSync(join(folder, patch), "utf8"))?.[1] ?? "",
	);
	for (const name of new Set(designated)) assert.ok(testsPass(name), name);
});

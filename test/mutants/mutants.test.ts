/** Tests of the tests: each patch beside this file breaks a promise, and a test must notice. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import ts from "typescript";
import { applyTo, type Mutant, readMutants, root } from "./mutant.js";

const mutants = readMutants();
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
	filter: (path) => !/build\/(xs|images|v8|moddable.*)$/.test(path),
});
for (const name of ["node_modules", "package.json", "build/xs"]) {
	symlinkSync(join(root, name), join(copy, name));
}

/** The mutant's file as JavaScript, with the patch or without it. */
function compile(mutant: Mutant, isPatched: boolean): string {
	const source = join(copy, "source", mutant.path);
	mkdirSync(dirname(source), { recursive: true });
	writeFileSync(source, readFileSync(join(root, mutant.path)));
	if (isPatched) applyTo(join(copy, "source"), mutant);
	return ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions }).outputText;
}

type Outcome = "ok" | "not ok";

/**
 * Runs just the tests that the mutants name; how each ended. One that doesn't end at all, because
 * its file can't even be loaded, is not in the map.
 */
function run(some: readonly Mutant[]): ReadonlyMap<string, Outcome> {
	const names = new Set(some.map(({ test }) => test));
	const files = new Set(some.map(({ file }) => join(copy, "build/test", file)));
	const patterns = [...names].map(
		(name) => "--test-name-pattern=^" + name.replace(/[^\w ]/g, "\\$&") + "$",
	);
	const { stdout } = spawnSync(
		process.execPath,
		["--test", "--test-reporter=tap", "--test-concurrency=2", ...patterns, ...files],
		{ env: { ...process.env, NODE_TEST_CONTEXT: undefined }, encoding: "utf8" },
	);
	const lines = [...stdout.matchAll(/^(ok|not ok) \d+ - (.*)$/gm)];
	return new Map(
		lines
			.filter(([, , name = ""]) => names.has(name))
			.map(([, outcome, name = ""]) => [name, outcome === "ok" ? "ok" : "not ok"]),
	);
}

test("there are at least ten of them", () => assert.ok(mutants.length >= 10));

for (const mutant of mutants) {
	test(mutant.name + " is caught", () => {
		const compiled = join(copy, "build", mutant.path.replace(/\.ts$/, ".js"));
		const original = readFileSync(compiled);
		assert.notEqual(compile(mutant, true), compile(mutant, false));
		writeFileSync(compiled, compile(mutant, true));
		try {
			assert.equal(run([mutant]).get(mutant.test), "not ok", mutant.test);
		} finally {
			writeFileSync(compiled, original);
		}
	});
}

test("and without them the same tests pass", () => {
	const outcomes = run(mutants);
	for (const { test } of mutants) assert.equal(outcomes.get(test), "ok", test);
});

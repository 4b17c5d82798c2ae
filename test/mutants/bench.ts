/** The compiled tree again, for a mutant's file to take its place in while the tests run. */

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
import ts from "typescript";
import { applyTo, type Mutant, root } from "./mutant.js";

const compilerOptions = {
	target: ts.ScriptTarget.ES2022,
	module: ts.ModuleKind.ES2022,
	verbatimModuleSyntax: true,
};

export type Outcome = "ok" | "not ok";

export class MutantBench {
	readonly #copy = mkdtempSync(join(tmpdir(), "opendms-mutants-"));

	constructor() {
		cpSync(join(root, "build"), join(this.#copy, "build"), {
			recursive: true,
			filter: (path) => !/build\/(xs|images|tests|v8|moddable.*)$/.test(path),
		});
		for (const name of ["node_modules", "package.json", "src", "hosts", "build/xs"]) {
			symlinkSync(join(root, name), join(this.#copy, name));
		}
	}

	/** Whether the test that the mutant names fails. Throws when the patch changes nothing. */
	isCaught(mutant: Mutant): boolean {
		const compiled = join(this.#copy, "build", mutant.path.replace(/\.ts$/, ".js"));
		const original = readFileSync(compiled);
		const mutated = this.#compile(mutant, true);
		if (mutated === this.#compile(mutant, false)) throw new Error("the patch changes nothing");
		writeFileSync(compiled, mutated);
		try {
			return this.run([mutant]).get(mutant.test) === "not ok";
		} finally {
			writeFileSync(compiled, original);
		}
	}

	/**
	 * Runs just the tests that the mutants name; how each ended. One that doesn't end at all, because
	 * its file can't even be loaded, is not in the map.
	 */
	run(some: readonly Mutant[]): ReadonlyMap<string, Outcome> {
		const names = new Set(some.map(({ test }) => test));
		const files = new Set(some.map(({ file }) => join(this.#copy, "build/test", file)));
		const patterns = [...names].map(
			(name) => "--test-name-pattern=^" + name.replace(/[^\w ]/g, "\\$&") + "$",
		);
		// One file needs no runner beside it.
		const runner = files.size > 1 ? ["--test", "--test-concurrency=2"] : [];
		const { stdout } = spawnSync(
			process.execPath,
			[...runner, "--test-reporter=tap", ...patterns, ...files],
			{ env: { ...process.env, NODE_TEST_CONTEXT: undefined }, encoding: "utf8" },
		);
		const lines = [...stdout.matchAll(/^ *(ok|not ok) \d+ - (.*)$/gm)];
		return new Map(
			lines
				.filter(([, , name = ""]) => names.has(name))
				.map(([, outcome, name = ""]) => [name, outcome === "ok" ? "ok" : "not ok"]),
		);
	}

	close(): void {
		rmSync(this.#copy, { recursive: true });
	}

	/** The mutant's file as JavaScript, with the patch or without it. */
	#compile(mutant: Mutant, isPatched: boolean): string {
		const source = join(this.#copy, "source", mutant.path);
		mkdirSync(dirname(source), { recursive: true });
		writeFileSync(source, readFileSync(join(root, mutant.path)));
		if (isPatched) applyTo(join(this.#copy, "source"), mutant);
		return ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions }).outputText;
	}
}

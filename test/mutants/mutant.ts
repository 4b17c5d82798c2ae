/** A mutant: a patch that breaks one promise of the program, and the test that has to notice. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = join(root, "test/mutants");

export interface Mutant {
	readonly name: string;
	readonly patch: string;
	/** The file that it changes. */
	readonly path: string;
	/** The compiled test file, below `build/test`, and the name of the test in it. */
	readonly file: string;
	readonly test: string;
}

export function readMutants(): Mutant[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith(".patch"))
		.map((name) => mutantOf(join(folder, name), name.replace(".patch", "")));
}

function mutantOf(patch: string, name: string): Mutant {
	const text = readFileSync(patch, "utf8");
	const [, file, test] = /^Caught by: (\S+): (.+)$/m.exec(text) ?? [];
	const path = /^\+\+\+ b\/(.+)$/m.exec(text)?.[1];
	assert.ok(file && test && path, name + " says which file it changes and which test notices");
	return { name, patch, path, file, test };
}

/** Applies the patch to the sources in `folder`. Throws when it doesn't fit. */
export function applyTo(folder: string, { patch }: Mutant): void {
	execFileSync("git", ["apply", patch], { cwd: folder });
}

/** Whether the patch fits the sources as they are now. */
export function fits({ patch }: Mutant): boolean {
	return spawnSync("git", ["apply", "--check", patch], { cwd: root }).status === 0;
}

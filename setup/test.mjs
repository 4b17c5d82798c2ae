/** `npm test`: all tests, or those whose path has one of the words given: `npm test -- update/`. */

import { join } from "node:path";
import { run } from "node:test";
import { spec, tap } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { bundleTests, testFiles } from "./bundle-tests.mjs";

/** One more than the cores they are made for: while a test waits, another one computes. */
const concurrency = 3;

/** Those that take longest begin first: none of them is alone on the machine at the end. */
const longest = [
	...["dms/postgres", "update/cuts", "faults/schedules", "board/stress", "mutants/mutants"],
	...["package/package", "update/rude", "fuzz/fuzz", "process/service", "years/years"],
	...["faults/pairs", "faults/singles"],
].map((name) => name + ".test.js");

/** @param {readonly string[]} words none is all */
function chosen(words) {
	const all = testFiles();
	const first = longest.filter((name) => all.includes(name));
	const names = [...new Set([...first, ...all])].filter(
		(name) => words.length === 0 || words.some((word) => name.includes(word)),
	);
	if (names.length === 0) throw new Error(`No test's path has "${words.join('" or "')}" in it.`);
	return names;
}

process.chdir(fileURLToPath(new URL("../", import.meta.url)));
try {
	const files = await bundleTests(chosen(process.argv.slice(2)));
	if (process.stderr.isTTY) {
		process.stderr.write(files.length + " files of tests; what takes long comes first.\n");
	}
	process.execArgv.push("--require", join(process.cwd(), "setup/without-test-hooks.cjs"));
	run({ files, concurrency })
		.on("test:fail", () => (process.exitCode = 1))
		.compose(process.stdout.isTTY ? new spec() : tap)
		.pipe(process.stdout);
} catch (error) {
	process.stderr.write((error instanceof Error ? error.message : String(error)) + "\n");
	process.exitCode = 1;
}

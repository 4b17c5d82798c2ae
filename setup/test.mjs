/** `npm test`: all tests, or those whose path has one of the words given: `npm test -- update/`. */

import { run } from "node:test";
import { spec, tap } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { bundleTests, testFiles } from "./bundle-tests.mjs";

/** One more than the cores they are made for: while a test waits, another one computes. */
const concurrency = 3;

/** Those that take longest begin first: none of them is alone on a machine at the end. */
const first = [
	...["dms/postgres", "update/cuts", "faults/schedules"],
	...["mutants/mutants", "package/package"],
].map((name) => name + ".test.js");

process.chdir(fileURLToPath(new URL("../", import.meta.url)));
const words = process.argv.slice(2);
const all = testFiles();
const lost = first.filter((name) => !all.includes(name));
if (lost.length > 0) throw new Error("setup/test.mjs names tests that are not there: " + lost);
const names = [...first, ...all.filter((name) => !first.includes(name))].filter(
	(name) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (names.length === 0) throw new Error("no test file's path has this in it: " + words);
const files = [...(await bundleTests(names)).values()];
run({ files, concurrency })
	.on("test:fail", () => (process.exitCode = 1))
	.compose(process.stdout.isTTY ? new spec() : tap)
	.pipe(process.stdout);

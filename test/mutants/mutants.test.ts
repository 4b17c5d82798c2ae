/**
 * Tests of the tests: each patch beside this file breaks a promise, and a test must notice. That
 * the same tests pass without them is seen where they are; in the copy, by `npm run mutants`.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { MutantBench } from "./bench.js";
import { readMutants } from "./mutant.js";

const mutants = readMutants();
const bench = new MutantBench();
after(() => bench.close());

test("there are at least ten of them", () => assert.ok(mutants.length >= 10));

for (const mutant of mutants) {
	test(mutant.name + " is caught", () => assert.ok(bench.isCaught(mutant), mutant.test));
}

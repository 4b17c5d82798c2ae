/**
 * Tests of the tests: each patch beside this file breaks a promise, and a test must notice. That
 * the same tests pass without them is seen where they are; in the copy, by `npm run mutants`, which
 * plays all: here every sixtieth is, since one takes up to nine seconds of a processor.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { MutantBench } from "./bench.js";
import { readMutants } from "./mutant.js";

const share = 60;
/** The first of them; among those at 0 is one that half a minute is waited for. */
const first = 3;
const mutants = readMutants();
const bench = new MutantBench();
after(() => bench.close());

test("there are at least sixty of them", () => assert.ok(mutants.length >= 60));

for (const mutant of mutants.filter((_, index) => index % share === first)) {
	test(mutant.name + " is caught", () => assert.ok(bench.isCaught(mutant), mutant.test));
}

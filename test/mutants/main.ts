/**
 * `npm run mutants`: whether each mutant is caught by the test that it names, which passes without
 * it. `--json` prints only `{"mutants":N,"caught":N}`; a word is a part of the names of those to
 * try.
 */

import { parseArgs } from "node:util";
import { MutantBench } from "./bench.js";
import { readMutants } from "./mutant.js";

const { values, positionals } = parseArgs({
	options: { json: { type: "boolean", default: false } },
	allowPositionals: true,
});
const [part = ""] = positionals;
const mutants = readMutants().filter(({ name }) => name.includes(part));
const bench = new MutantBench();
let caught = 0;
try {
	const unharmed = bench.run(mutants);
	for (const mutant of mutants) {
		const isCaught = unharmed.get(mutant.test) === "ok" && bench.isCaught(mutant);
		if (isCaught) caught++;
		if (!values.json) console.log((isCaught ? "caught   " : "SURVIVES ") + mutant.name);
		else if (!isCaught) console.error(mutant.name + " survives");
	}
} finally {
	bench.close();
}
if (values.json) console.log(JSON.stringify({ mutants: mutants.length, caught }));
else console.log(caught + " of " + mutants.length + " caught");
process.exitCode = caught === mutants.length ? 0 : 1;

/** `npm run mutants`: whether each mutant is caught by the test that it names. */

import { parseArgs } from "node:util";
import { runMain } from "../../hosts/command/main-program.js";
import { readMutants } from "./mutant.js";

const usage = `npm run mutants -- [PART] [options]

Takes guards out of the code one by one: the test that each mutant names passes without it, and
fails with it. PART is a part of the names of those to try.

  --json   prints only {"mutants":N,"caught":N}
  --help`;

await runMain({
	name: "npm run mutants --",
	usage: () => usage,
	async run() {
		const { values, positionals } = parseArgs({
			options: { json: { type: "boolean", default: false } },
			allowPositionals: true,
		});
		const [part = ""] = positionals;
		const mutants = readMutants().filter(({ name }) => name.includes(part));
		if (mutants.length === 0) throw new Error(`No mutant has "${part}" in its name.`);
		// A compiler is much to load for who has mistyped a name.
		const { MutantBench } = await import("./bench.js");
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
	},
});

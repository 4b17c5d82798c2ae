/** `npm run fuzz`: every parser, fed at random, and requests to the API, made of its schemas. */

import { parseArgs } from "node:util";
import { runMain } from "../../hosts/command/main-program.js";
import { wholeNumber } from "../../hosts/command/whole-number.js";
import { runTarget } from "./run-target.js";
import { targetNames } from "./targets.js";

const usage = `npm run fuzz -- [options]

  --executions N   for each parser (100000)
  --target NAME    only this one
  --seed N         another one each time, unless you say one
  --input HEX      this input, and no other
  --help

npm run fuzz -- api [--count N] [--seed N]: requests to the API, made of its schemas.

Parsers: ${targetNames.join(", ")}`;

interface Words {
	readonly executions: number;
	readonly seed: number;
	readonly target: string | undefined;
	readonly input: string | undefined;
}

await runMain({
	name: "npm run fuzz --",
	usage: () => usage,
	async run() {
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: {
				executions: { type: "string", default: "100000" },
				target: { type: "string" },
				seed: { type: "string", default: String(Date.now() % 1_000_000) },
				input: { type: "string" },
				count: { type: "string", default: "100000" },
			},
		});
		const seed = wholeNumber("--seed", values.seed);
		const [what, ...others] = positionals;
		if (others.length > 0 || ![undefined, "api"].includes(what)) throw new Error(usage);
		if (what === "api") return api(wholeNumber("--count", values.count), seed);
		const { target, input } = values;
		if (target !== undefined && !targetNames.some((name) => name === target)) {
			throw new Error(`There is no parser "${target}". There are: ${targetNames.join(", ")}`);
		}
		const executions = wholeNumber("--executions", values.executions);
		await parsers({ executions, seed, target, input });
	},
});

async function api(count: number, seed: number): Promise<void> {
	const start = performance.now();
	const { fuzzApi } = await import("./api/fuzz-api.js");
	const { answers } = await fuzzApi(count, seed);
	const seconds = ((performance.now() - start) / 1000).toFixed(1);
	for (const [answer, times] of [...answers].sort()) console.log(answer + ": " + times);
	console.log(`api: ${count} requests from seed ${seed}, ${seconds} s, nothing found`);
}

async function parsers({ executions, seed, target: only, input: text }: Words): Promise<void> {
	for (const target of targetNames.filter((name) => only === undefined || name === only)) {
		const input = text === undefined ? {} : { input: Buffer.from(text, "hex") };
		try {
			const report = await runTarget({ target, seed, executions, ...input });
			const rate = Math.round((1000 * report.executions) / report.milliseconds);
			const seconds = (report.milliseconds / 1000).toFixed(1);
			console.log(
				`${target}: ${report.executions} executions from seed ${seed}, ` +
					`${report.outcomes} outcomes, ${seconds} s, ${rate}/s, nothing found`,
			);
		} catch (error) {
			console.log(target + ": " + (error instanceof Error ? error.message : String(error)));
			process.exitCode = 1;
		}
	}
}

/**
 * `npm run fuzz -- --executions 1000000 [--target NAME] [--seed N]`; `--input HEX` replays one
 * input. `npm run fuzz -- api --count 100000 [--seed N]`: requests to the API, made of its schemas.
 */

import { parseArgs } from "node:util";
import { fuzzApi } from "./api/fuzz-api.js";
import { runTarget } from "./run-target.js";
import { targetNames } from "./targets.js";

const executionsDefault = 100_000;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		executions: { type: "string" },
		target: { type: "string" },
		seed: { type: "string" },
		input: { type: "string" },
		count: { type: "string" },
	},
});

const executions = Number(values.executions ?? executionsDefault);
/** Another one each time, unless somebody asks for it. */
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const isAny = (name: string): boolean => values.target === undefined || name === values.target;

if (positionals[0] === "api") await api(Number(values.count ?? executionsDefault));
else await parsers();

async function api(count: number): Promise<void> {
	const start = performance.now();
	const { answers } = await fuzzApi(count, seed);
	const seconds = ((performance.now() - start) / 1000).toFixed(1);
	for (const [answer, times] of [...answers].sort()) console.log(answer + ": " + times);
	console.log(`api: ${count} requests from seed ${seed}, ${seconds} s, nothing found`);
}

async function parsers(): Promise<void> {
	for (const target of targetNames.filter(isAny)) {
		const input = values.input === undefined ? {} : { input: Buffer.from(values.input, "hex") };
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

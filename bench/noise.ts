/** Ten million random bytes at the console: whether the next command is always answered. */

import { makeNoise } from "../test/console/noise.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";

const byteLength = 10_000_000;
const seed = 1;

export const noise: Benchmark = {
	summary: "random bytes at the console, and whether it goes on",
	async measure(): Promise<Measurement> {
		const checks = await makeNoise("v8", byteLength, seed);
		const figures = { processor: "v8", seed, byteLength, checks, wrong: 0 };
		return { figures, text: table(Object.entries(figures)) };
	},
};

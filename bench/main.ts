/** `npm run bench -- NAME [--json]`: measures, and prints what it has measured. */

import { parseArgs } from "node:util";
import { runMain } from "../hosts/command/main-program.js";
import type { Benchmark } from "./benchmark.js";
import { board } from "./board.js";
import { chip } from "./chip/kept.js";
import { esp32 } from "./esp32.js";
import { download } from "./download.js";
import { footprint } from "./footprint.js";
import { noise } from "./noise.js";
import { page } from "./page.js";
import { service } from "./service.js";
import { simulator } from "./simulator.js";
import { storm } from "./storm.js";

const benchmarks: Readonly<Record<string, Benchmark>> = {
	board,
	chip,
	download,
	esp32,
	footprint,
	noise,
	page,
	service,
	simulator,
	storm,
};

const usage =
	"npm run bench -- NAME [--json]\n\n" +
	Object.entries(benchmarks)
		.map(([name, { summary }]) => "  " + name.padEnd(12) + summary + "\n")
		.join("") +
	"\nWith --json the last line of the output has the figures.";

await runMain({
	name: "npm run bench --",
	usage: () => usage,
	async run() {
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: { json: { type: "boolean", default: false } },
		});
		const [name = "", ...others] = positionals;
		const benchmark = benchmarks[name];
		if (benchmark === undefined || others.length > 0) throw new Error(usage);
		const { figures, text } = await benchmark.measure();
		console.log(values.json ? JSON.stringify(figures) : text);
	},
});

/** What the board's processors cost: a boot, a journey, a journey with a fault. */

import { cpuUsage } from "node:process";
import { cryptoOperations } from "../hosts/board/crypto.js";
import { heapBytesDefault, type ProcessorKind } from "../hosts/board/open-board.js";
import type { Processor } from "../hosts/board/processor.js";
import { seededRandom } from "../hosts/board/random.js";
import { V8Processor } from "../hosts/board/v8-processor.js";
import { XsProcessor } from "../hosts/board/xs/xs-processor.js";
import { imageOf } from "../test/board/image.js";
import { play } from "../test/faults/play.js";
import { image } from "../test/journey/world.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";

/** The processors take turns, so that a busy machine is as busy for each. */
const rounds = 5;
const bootsPerRound = 20;
const journeysPerRound = 4;
const faultedRunsPerRound = 12;

const processors: Readonly<Record<ProcessorKind, () => Processor>> = {
	xs: () => new XsProcessor({ heapBytes: heapBytesDefault }),
	v8: () => new V8Processor(),
};
type Figures = Record<
	"bootMilliseconds" | "journeyMilliseconds" | "faultedRunsPerCpuSecond",
	number
>;
type Sums = Record<"boot" | "journey" | "faulted", number>;

export const board: Benchmark = {
	summary: "processor time of a boot, a journey and a faulted journey, on V8 and on XS",
	async measure(): Promise<Measurement> {
		const sums: Record<ProcessorKind, Sums> = { v8: newSums(), xs: newSums() };
		for (let round = -1; round < rounds; round++) {
			for (const kind of ["v8", "xs"] as const) {
				const sum = await measureRound(kind);
				if (round >= 0) add(sums[kind], sum); // The first one warms up.
			}
		}
		const figures = { v8: figuresOf(sums.v8), xs: figuresOf(sums.xs) };
		const names = Object.keys(figures.v8) as (keyof Figures)[];
		const rows = names.map((name) => [name, figures.v8[name], figures.xs[name]] as const);
		return { figures, text: table([["", "V8", "XS"], ...rows]) };
	},
};

function newSums(): Sums {
	return { boot: 0, journey: 0, faulted: 0 };
}

function add(sums: Sums, more: Sums): void {
	for (const name of ["boot", "journey", "faulted"] as const) sums[name] += more[name];
}

/** Processor time in milliseconds of each kind of run, per run. */
async function measureRound(processor: ProcessorKind): Promise<Sums> {
	const none = { cuts: [], faults: new Map() };
	const { counts } = await play(none, { processor });
	let cut = 0;
	return {
		boot: await perRun(bootsPerRound, () => boot(processor)),
		journey: await perRun(journeysPerRound, async () => void (await play(none, { processor }))),
		faulted: await perRun(faultedRunsPerRound, async () => {
			const index = cut++ % counts.flashOperations;
			const cuts = [{ kind: "flash", index, point: "middle" } as const];
			await play({ cuts, faults: new Map() }, { processor });
		}),
	};
}

async function perRun(count: number, run: () => Promise<void>): Promise<number> {
	const before = cpuUsage();
	for (let index = 0; index < count; index++) await run();
	const { user, system } = cpuUsage(before);
	return (user + system) / 1000 / count;
}

/** From the reset to the program's first wait, without a board. */
async function boot(kind: ProcessorKind): Promise<void> {
	const processor = processors[kind]();
	const operations = cryptoOperations(seededRandom("boot"));
	await processor.start(imageOf(image), (operation, values) => operations[operation]?.(...values));
	processor.stop();
}

function figuresOf({ boot, journey, faulted }: Sums): Figures {
	const rounded = (value: number): number => Math.round(value * 100) / 100;
	return {
		bootMilliseconds: rounded(boot / rounds),
		journeyMilliseconds: rounded(journey / rounds),
		faultedRunsPerCpuSecond: rounded((1000 * rounds) / faulted),
	};
}

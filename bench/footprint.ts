/** How much of a chip's memory the device program takes on the whole journey, and what takes it. */

import type { Holding, Meters } from "../hosts/board/processor.js";
import { checkEnd, linesOf, prepareService } from "../test/journey/journey.js";
import { BoardIsOff } from "../test/journey/terminal.js";
import { inWorld, type World } from "../test/journey/world.js";
import { bundleOf, inFleet, newImage } from "../test/update/fleet.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";
import { type Esp32Figures, keptEsp32Figures } from "./esp32.js";
import { keptSimulatorFigures, type SimulatorFigures } from "./simulator.js";

/** A heap with room to spare, also for slots of 64 bits. */
const ampleHeapBytes = 128 * 1024;
/** Sizes of a heap that are tried differ by so much, as far as a configuration would care. */
const heapStepBytes = 256;
/** The same random bytes in each run; what is left of chance are the service's keys and tokens. */
const seed = 1;

interface Step {
	/** What was typed, without its parameters. */
	readonly command: string;
	/** The most that the heap has taken up to its end. */
	readonly heapPeakBytes: number;
}

interface Journey {
	readonly steps: readonly Step[];
	/** After the journey and a collection. */
	readonly meters: Meters;
	readonly holdings: readonly Holding[];
}

export const footprint: Benchmark = {
	summary: "memory of the device program, from blank to active",
	async measure(): Promise<Measurement> {
		const journey = await journeyIn(ampleHeapBytes);
		if (journey === undefined) throw new Error("the journey doesn't fit an ample heap");
		const { meters } = journey;
		const figures = {
			slotBytes: meters.slotBytes,
			idleBytes: meters.slotsUsedBytes + meters.chunksUsedBytes,
			peakBytes: meters.heapPeakBytes,
			smallestHeapBytes: await smallestHeapBytes(),
			updatePeakBytes: await updatePeakBytes(),
			stackBytes: meters.stackPeakBytes,
			keys: meters.keys,
			bytecodeBytes: meters.bytecodeBytes,
		};
		const esp32 = keptEsp32Figures();
		const simulator = keptSimulatorFigures();
		const text = textOf(figures, esp32, simulator, journey);
		return { figures: { ...figures, esp32, simulator }, text };
	},
};

/** The journey in a heap of that size; `undefined` when it ends with the memory full. */
async function journeyIn(heapBytes: number): Promise<Journey | undefined> {
	let journey: Journey | undefined;
	await inWorld({ processor: "xs", heapBytes, seed, panic: "halt" }, async (world) => {
		try {
			journey = await makeJourney(world);
		} catch (error) {
			const isFull = world.board.faults[0]?.reason === "memory full";
			if (!(error instanceof BoardIsOff && isFull)) throw error;
		}
	});
	return journey;
}

async function makeJourney(world: World): Promise<Journey> {
	const { board, terminal } = world;
	const tokens = await prepareService(world);
	const steps: Step[] = [];
	const add = async (command: string): Promise<void> => {
		steps.push({ command, heapPeakBytes: (await metersOf(world)).heapPeakBytes });
	};
	await terminal.powerOn();
	await add("(start)");
	for (const line of linesOf(tokens)) {
		await terminal.type(line);
		await add(line.replace(/ .*/, ""));
	}
	const meters = await metersOf(world, true);
	const holdings = await board.survey();
	await checkEnd(world);
	return { steps, meters, holdings };
}

async function metersOf({ board }: World, collect = false): Promise<Meters> {
	const meters = await board.meters(collect);
	if (meters === undefined) throw new Error("only XS has meters");
	return meters;
}

/**
 * The most that the heap has taken from the start of an active device until it has the whole of an
 * update, on the way that a person goes.
 */
async function updatePeakBytes(): Promise<number> {
	let bytes = 0;
	const options = { processor: "xs", heapBytes: ampleHeapBytes, seed, panic: "halt" } as const;
	await inFleet(options, async (fleet) => {
		const { terminal, bundles } = fleet;
		terminal.send("reboot");
		await terminal.until("[Ready]");
		bundles.bundle = bundleOf(newImage);
		await terminal.type("dfu_query");
		terminal.send("dfu_update");
		await terminal.until("[Download 100 %]");
		bytes = (await metersOf(fleet)).heapPeakBytes;
	});
	return bytes;
}

/** The smallest heap in which the whole journey completes. */
async function smallestHeapBytes(): Promise<number> {
	let tooSmall = 0;
	let sufficient = ampleHeapBytes;
	while (sufficient - tooSmall > heapStepBytes) {
		const steps = Math.floor((tooSmall + sufficient) / 2 / heapStepBytes);
		const heapBytes = steps * heapStepBytes;
		if ((await journeyIn(heapBytes)) === undefined) tooSmall = heapBytes;
		else sufficient = heapBytes;
	}
	return sufficient;
}

function textOf(
	figures: Readonly<Record<string, number>>,
	esp32: Esp32Figures,
	{ measured, ...simulator }: SimulatorFigures,
	journey: Journey,
): string {
	const { slotBytes } = journey.meters;
	const bytesOf = ({ slots, chunkBytes }: Holding): number => slots * slotBytes + chunkBytes;
	const modules = [...journey.holdings]
		.sort((first, second) => bytesOf(second) - bytesOf(first))
		.map((holding): (string | number)[] => [
			holding.module === "" ? "(the engine)" : holding.module,
			holding.slots,
			holding.chunkBytes,
			bytesOf(holding),
		]);
	return [
		table([
			...Object.entries(figures),
			[`bytecodeBytes on an ESP32 (${esp32.measured})`, esp32.bytecodeBytes],
		]),
		table([["In Moddable's simulator (" + measured + ")", ""], ...Object.entries(simulator)]),
		table([
			["Peak after", "bytes"],
			...journey.steps.map(({ command, heapPeakBytes }) => [command, heapPeakBytes]),
		]),
		table([["Idle, by module", "slots", "chunk bytes", "bytes"], ...modules]),
	].join("\n");
}

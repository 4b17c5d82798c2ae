/**
 * A parser of the device as a target: run by one of the board's processors, like the device
 * program. On XS the memory it takes is measured.
 */

import { fileURLToPath } from "node:url";
import { buildProgram } from "../../hosts/board/build-image.js";
import { cryptoOperations } from "../../hosts/board/crypto.js";
import type { Image } from "../../hosts/board/image.js";
import { MachineFault, type Processor, type Value } from "../../hosts/board/processor.js";
import { seededRandom } from "../../hosts/board/random.js";
import { V8Processor } from "../../hosts/board/v8-processor.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import { imageOf } from "../board/image.js";
import { readCorpus } from "./corpus.js";
import type { Probe } from "./device/probe.js";
import { probes } from "./device/probes.js";
import type { Target } from "./fuzzer.js";

export const deviceTargetNames: readonly string[] = Object.keys(probes);

/** Large enough that an allocation beyond its bound is seen as such, and not as a full heap. */
const heapBytesDefault = 1024 * 1024;

const processors = {
	XS: ({ heapBytes = heapBytesDefault }: Probe) => new XsProcessor({ heapBytes }),
	V8: () => new V8Processor(),
};
type ProcessorName = keyof typeof processors;

export function openDeviceTarget(name: string, kind: ProcessorName): Target {
	const player = new ProbePlayer(name, kind);
	return {
		name,
		corpus: player.corpus,
		lengthMaximum: player.probe.lengthMaximum,
		execute: (input) => player.execute(input),
		close: () => player.close(),
	};
}

/** Runs a probe on a processor that lives as long as nothing breaks it. */
export class ProbePlayer {
	readonly probe: Probe;
	/** The most that the last execution held at a time; nothing is known of it on V8. */
	allocatedBytes = 0;
	readonly corpus: readonly Uint8Array[];
	readonly #name: string;
	readonly #kind: ProcessorName;
	readonly #image: Image;
	#processor: Processor | undefined;
	#outcome: Value;
	#problem: Value;

	constructor(name: string, kind: ProcessorName) {
		const probe = probes[name];
		if (probe === undefined) throw new Error("there is no probe " + name);
		this.probe = probe;
		this.corpus = readCorpus(name);
		this.#name = name;
		this.#kind = kind;
		const entry = fileURLToPath(new URL("./device/main.js", import.meta.url));
		this.#image = imageOf(buildProgram(entry, "1.0.0.0"));
	}

	async execute(input: Uint8Array): Promise<string> {
		this.#processor ??= await this.#start();
		this.#outcome = this.#problem = undefined;
		const processor = this.#processor;
		const before = await processor.meters();
		try {
			await processor.deliver(this.#name, [input]);
		} catch (error) {
			this.close(); // The next one gets a new machine.
			throw error instanceof MachineFault ? new Error(error.message) : error;
		}
		if (typeof this.#problem === "string") throw new Error(this.#problem);
		if (typeof this.#outcome !== "string") throw new Error("it never came to an end");
		const after = await processor.meters();
		if (before !== undefined && after !== undefined) {
			const usedBytes = before.slotsUsedBytes + before.chunksUsedBytes;
			this.allocatedBytes = after.turnPeakBytes - usedBytes;
			this.#checkMemory(input.length);
			this.#checkNames(after.keys - before.keys);
		}
		return this.#outcome;
	}

	/** Leaves no garbage that would be collected during the next execution. */
	async collect(): Promise<void> {
		await this.#processor?.meters(true);
	}

	close(): void {
		this.#processor?.stop();
		this.#processor = undefined;
	}

	#checkMemory(length: number): void {
		const { allocationFactor, allocationBase } = this.probe;
		const bound = allocationBase + allocationFactor * length;
		if (this.allocatedBytes <= bound) return;
		const fact = this.allocatedBytes + " bytes were allocated for " + length;
		throw new Error(fact + " bytes of input; the bound is " + bound);
	}

	#checkNames(added: number): void {
		if (added <= 0) return;
		this.close(); // What is kept is kept for good.
		if (this.probe.isKeepingNames !== true) throw new Error(added + " names are kept");
	}

	async #start(): Promise<Processor> {
		const processor = processors[this.#kind](this.probe);
		const operations = cryptoOperations(seededRandom(this.#name));
		await processor.start(this.#image, (operation, values) => {
			if (operation !== "fuzz.end") return operations[operation]?.(...values);
			[this.#outcome, this.#problem] = values;
			return undefined;
		});
		// What good inputs make once and later ones share is no cost of theirs.
		for (const input of this.corpus) await processor.deliver(this.#name, [input]);
		return processor;
	}
}

/** Puts a board together from a few words: what to run, on what, with what around it. */

import { Board, type BoardOptions, type Panic } from "./board.js";
import { programImage } from "./boot.js";
import { type Clock, RealClock } from "./clock.js";
import type { Internet } from "./internet.js";
import type { Power } from "./power.js";
import type { Fault, Processor } from "./processor.js";
import type { Network } from "./radio.js";
import { type Random, realRandom } from "./random.js";
import type { State } from "./state.js";
import { nodeTransport, type Transport } from "./transport.js";
import { V8Processor } from "./v8-processor.js";
import { type XsOptions, XsProcessor } from "./xs/xs-processor.js";

export type ProcessorKind = "xs" | "v8";

/** What somebody has typed behind `--processor`. Throws a sentence when it is none. */
export function processorKind(text: string): ProcessorKind {
	if (text === "xs" || text === "v8") return text;
	throw new Error("--processor takes xs or v8");
}

/** Size of the heap unless somebody asks for another: half of what the SDK gives an ESP32. */
export const heapBytesDefault = 48 * 1024;

/**
 * Of a turn, for a board with a person: as long as the chip's task watchdog. It ends loops inside
 * XS's own C too, which count no steps.
 */
export const watchdogMilliseconds = 10_000;

const programmedFile = "programmed.txt";

export interface BoardSetup {
	readonly state: State;
	/** What the cable puts into the first slot, when it isn't what it put there last. */
	readonly image: Uint8Array;
	readonly processor?: ProcessorKind;
	/** These four are of XS only; see `XsOptions`. The heap may be another in each boot. */
	readonly heapBytes?: number | (() => number) | undefined;
	readonly turnSteps?: number | undefined;
	readonly turnMilliseconds?: number | undefined;
	readonly record?: XsOptions["record"];
	readonly networks?: readonly Network[];
	readonly onOutput?: (bytes: Uint8Array) => void;
	readonly onFault?: (fault: Fault) => void;
	readonly clock?: Clock;
	readonly random?: Random;
	readonly transport?: Transport;
	readonly internet?: Internet;
	readonly power?: Power;
	readonly panic?: Panic;
	readonly slotLength?: BoardOptions["slotLength"];
	readonly keyOperationMilliseconds?: number;
	readonly eraseMilliseconds?: number;
	/** Peripherals beside the board's own, or in their place. */
	readonly extension?: BoardOptions["extension"];
}

/** A board that is off. */
export function openBoard(setup: BoardSetup): Board {
	const { state, image } = setup;
	programWhenNew(state, image);
	return new Board({
		processor: processorMaker(setup),
		state,
		clock: setup.clock ?? new RealClock(),
		random: setup.random ?? realRandom,
		networks: setup.networks ?? [],
		transport: setup.transport ?? nodeTransport,
		slotLength: setup.slotLength,
		onOutput: setup.onOutput ?? (() => undefined),
		keyOperationMilliseconds: setup.keyOperationMilliseconds ?? 0,
		eraseMilliseconds: setup.eraseMilliseconds ?? 0,
		...(setup.onFault === undefined ? {} : { onFault: setup.onFault }),
		...(setup.internet === undefined ? {} : { internet: setup.internet }),
		...(setup.power === undefined ? {} : { power: setup.power }),
		...(setup.panic === undefined ? {} : { panic: setup.panic }),
		...(setup.extension === undefined ? {} : { extension: setup.extension }),
	});
}

function processorMaker(setup: BoardSetup): () => Processor {
	const { processor = "xs", heapBytes = heapBytesDefault, ...options } = setup;
	if (processor === "v8") return () => new V8Processor();
	const { turnSteps, turnMilliseconds, record } = options;
	const sizeOf = (): number => (typeof heapBytes === "function" ? heapBytes() : heapBytes);
	return () => new XsProcessor({ heapBytes: sizeOf(), turnSteps, turnMilliseconds, record });
}

/** An image that came over the air stays, until there is a new one to put in by cable. */
function programWhenNew(state: State, image: Uint8Array): void {
	const digest = Buffer.from(image.subarray(-32)).toString("hex");
	const programmed = state.read(programmedFile);
	if (programmed !== undefined && Buffer.from(programmed).toString() === digest) return;
	programImage(state, image);
	state.write(programmedFile, Buffer.from(digest));
}

/**
 * What runs the device program: XS in a process of its own (the truth), or V8 in this one (the
 * speed).
 */

import type { Image } from "./image.js";

/** What goes between program and board. Bytes are Uint8Array on the board's side. */
export type Value = undefined | null | boolean | number | string | Uint8Array;

/** Answers a call of the program. `PowerLoss` ends the program at that very point. */
export type Answer = (operation: string, values: readonly Value[]) => Value;

/** Why a machine ended by itself: XS's own names, and what the exception said. */
export interface Fault {
	readonly reason: string;
	readonly message: string;
}

/** Memory of the machine while it waits; bytes unless named otherwise. V8 has no such figures. */
export interface Meters {
	readonly slotBytes: number;
	/** Size of the fixed heap. */
	readonly heapBytes: number;
	/** In use, as far as the collector has counted. */
	readonly slotsUsedBytes: number;
	readonly chunksUsedBytes: number;
	/** The most that the heap has ever taken of its fixed size. */
	readonly heapPeakBytes: number;
	readonly stackPeakBytes: number;
	/** Names that the running program has added to those in ROM. */
	readonly keys: number;
	readonly bytecodeBytes: number;
	/** Bindings at the top of modules that are not constant: 0, or the program does not fit ROM. */
	readonly mutableBindings: number;
	readonly collections: number;
	/** The most that was in use during the last turn, with garbage that was not collected by then. */
	readonly turnPeakBytes: number;
}

/** What of the heap belongs to one module's objects. */
export interface Holding {
	/** The module's name in the image; empty for what is the engine's own. */
	readonly module: string;
	readonly slots: number;
	readonly chunkBytes: number;
}

export interface Processor {
	/** Loads the image and starts it. Resolves when the program waits for its first message. */
	start(image: Image, answer: Answer): Promise<void>;
	/** Hands the program a message. Resolves when it waits again, with all its promises settled. */
	deliver(name: string, values: readonly Value[]): Promise<void>;
	/** Ends the program where it stands. */
	stop(): void;
	/** The figures of the last wait; a collection comes before when asked for. */
	meters(collect?: boolean): Promise<Meters | undefined>;
	/** What the heap holds after a collection, by module. */
	survey(): Promise<readonly Holding[]>;
}

/** Rejection of `start` and `deliver` when the machine ended by itself. */
export class MachineFault extends Error {
	readonly fault: Fault;

	constructor(fault: Fault) {
		super(fault.message === "" ? fault.reason : fault.reason + ": " + fault.message);
		this.fault = fault;
	}
}

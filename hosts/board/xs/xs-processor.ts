/** XS as the board's processor: a WebAssembly machine in this process, with the chip's memory. */

import { createContext, Script } from "node:vm";
import { encodeModules, type Image } from "../image.js";
import { PowerLoss } from "../power.js";
import {
	type Answer,
	type Holding,
	MachineFault,
	type Meters,
	type Processor,
	type Value,
} from "../processor.js";
import { Halt, type Machine } from "./machine.js";
import { giveBack, takeMachine } from "./rom.js";
import { decodeValues, encodeError, encodeValues } from "./values.js";

/** The SDK's default stack for the ESP32, and keys that a program may add to those in ROM. */
const stackSlots = 512;
const keys = 64;
const slotBytesOfChip = 16;
/**
 * Backward branches, calls and steps of regular expressions in one turn: more than the chip does in
 * the 10 seconds of its task watchdog, and about a second here. The longest turn of ours takes some
 * 100,000.
 */
const turnStepsDefault = 20_000_000;

export interface XsOptions {
	/** Size of the fixed heap. */
	readonly heapBytes: number;
	/** How many steps a turn may take; it is the same number in each run. */
	readonly turnSteps?: number | undefined;
	/**
	 * How long a turn may take in all, for a board with a person: it ends loops inside the engine's
	 * C too, which count no steps. By default there is no such limit: time depends on the machine.
	 */
	readonly turnMilliseconds?: number | undefined;
	/** Hears all that goes in and out, for the same to be played again; see program/replay.c. */
	readonly record?: ((entry: Uint8Array) => void) | undefined;
}

/** Where a turn with a time limit runs: V8 ends what is called from a script, and nothing else. */
const limitedTurn = createContext({ run: () => undefined as void });
const limitedScript = new Script("run()");

export class XsProcessor implements Processor {
	readonly #options: XsOptions;
	readonly #turnSteps: number;
	#machine: Machine | undefined;
	#answer: Answer = () => undefined;
	#isRunning = false;
	/** Why there will be no other turn. */
	#end: Error | undefined;

	constructor(options: XsOptions) {
		this.#options = options;
		this.#turnSteps = options.turnSteps ?? turnStepsDefault;
	}

	async start(image: Image, answer: Answer): Promise<void> {
		const { heapBytes } = this.#options;
		this.#answer = answer;
		this.#record("I", () => encodeModules(image.modules));
		this.#record("S", () => {
			const slots = Math.floor(heapBytes / slotBytesOfChip);
			return Uint32Array.of(slots, stackSlots, keys);
		});
		this.#turn(() => {
			this.#machine = takeMachine(image);
			this.#machine.onQuestion = (question) => this.#ask(question);
			this.#machine.start(heapBytes, stackSlots, keys, this.#turnSteps);
		});
	}

	async deliver(name: string, values: readonly Value[]): Promise<void> {
		const message = encodeValues([name, ...values]);
		this.#record("M", () => message);
		this.#turn((machine) => machine?.deliver(message, this.#turnSteps));
	}

	stop(): void {
		this.#end ??= new PowerLoss();
		if (!this.#isRunning) this.#release();
	}

	async meters(collect = false): Promise<Meters | undefined> {
		let meters: Meters | undefined;
		this.#turn((machine) => {
			if (collect) machine?.collect();
			if (machine !== undefined) meters = metersOf(machine);
		});
		return meters;
	}

	async survey(): Promise<readonly Holding[]> {
		let holdings: Holding[] = [];
		this.#turn((machine) => (holdings = holdingsOf(machine?.survey() ?? [])));
		return holdings;
	}

	/** Runs the machine until it waits again. */
	#turn(run: (machine: Machine | undefined) => void): void {
		if (this.#isRunning) throw new Error("the machine is running");
		if (this.#end !== undefined) throw this.#end;
		this.#isRunning = true;
		try {
			this.#withinTime(() => run(this.#machine));
		} catch (error) {
			this.#end ??= this.#reasonOf(error);
		} finally {
			this.#isRunning = false;
		}
		if (this.#end === undefined) return;
		this.#release();
		throw this.#end;
	}

	#withinTime(run: () => void): void {
		const { turnMilliseconds } = this.#options;
		if (turnMilliseconds === undefined) return run();
		limitedTurn["run"] = run;
		limitedScript.runInContext(limitedTurn, { timeout: turnMilliseconds });
	}

	#release(): void {
		if (this.#machine !== undefined) giveBack(this.#machine);
		this.#machine = undefined;
	}

	#reasonOf(error: unknown): Error {
		const fault = (reason: string, message: string): Error => new MachineFault({ reason, message });
		if (error instanceof Halt) return fault(error.reason, error.message);
		if (isStackOverflow(error)) return fault("stack overflow", "");
		if (isTimeout(error)) return fault("watchdog", "");
		if (error instanceof WebAssembly.RuntimeError) {
			return fault("crashed", error.message + "\n" + (this.#machine?.report ?? ""));
		}
		return error instanceof Error ? error : new Error(String(error));
	}

	#ask(question: Buffer): Uint8Array {
		this.#record("Q", () => question);
		const [operation, ...values] = decodeValues(question);
		const answer = this.#answered(String(operation), values);
		if (this.#end !== undefined) throw this.#end; // Turned off by what it asked.
		this.#record("A", () => answer);
		return answer;
	}

	#answered(operation: string, values: readonly Value[]): Uint8Array {
		try {
			return encodeValues([this.#answer(operation, values)]);
		} catch (error) {
			if (error instanceof PowerLoss || isStackOverflow(error)) throw error;
			return encodeError(error instanceof Error ? error.message : String(error));
		}
	}

	#record(letter: string, content: () => ArrayBufferView): void {
		const { record } = this.#options;
		if (record === undefined) return;
		const { buffer, byteOffset, byteLength } = content();
		const head = Buffer.alloc(5);
		head.write(letter, "latin1");
		head.writeUInt32LE(byteLength, 1);
		record(Buffer.concat([head, new Uint8Array(buffer, byteOffset, byteLength)]));
	}
}

/** V8's own stack, which the calls of a WebAssembly module take too. */
function isStackOverflow(error: unknown): boolean {
	return error instanceof RangeError && error.message.includes("call stack");
}

function isTimeout(error: unknown): boolean {
	return (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

function holdingsOf(values: readonly Value[]): Holding[] {
	const holdings: Holding[] = [];
	for (let index = 0; index < values.length; index += 3) {
		const [module, slots, chunkBytes] = values.slice(index, index + 3);
		holdings.push({
			module: String(module),
			slots: Number(slots),
			chunkBytes: Number(chunkBytes),
		});
	}
	return holdings;
}

/** In the order in which `fxProgramMeters` gives them. */
const meterNames = [
	"slotBytes",
	"heapBytes",
	"slotsUsedBytes",
	"chunksUsedBytes",
	"heapPeakBytes",
	"stackPeakBytes",
	"keys",
	"bytecodeBytes",
	"mutableBindings",
	"collections",
	"turnPeakBytes",
] as const satisfies readonly (keyof Meters)[];

function metersOf(machine: Machine): Meters {
	const numbers = machine.meters(meterNames.length);
	const entries = meterNames.map((name, index) => [name, numbers[index]]);
	return Object.fromEntries(entries) as Meters;
}

/**
 * XS as the board's processor: the program of `xs/` in a process of its own, with the chip's
 * memory.
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { decodeValues, encodeFrame, encodeValues, FrameReader, FrameType } from "./frames.js";
import { encodeModules, type Image } from "./image.js";
import { PowerLoss } from "./power.js";
import {
	type Answer,
	type Holding,
	MachineFault,
	type Meters,
	type Processor,
	type Value,
} from "./processor.js";

/** The SDK's default stack for the ESP32, and keys that a program may add to those in ROM. */
const stackSlots = 512;
const keys = 64;
const linkDescriptor = 3;
/** So much is kept of what a crashing process says: AddressSanitizer names the fault first. */
const reportLength = 4096;
/**
 * Processor time of this machine, which a busy neighbour doesn't take: 2 seconds of it do more than
 * the chip does in the 10 of its task watchdog. The signal is what ends the process then.
 */
const watchdogMillisecondsDefault = 2000;
const watchdogSignal = "SIGVTALRM";

export interface XsOptions {
	/** The compiled program; see `processorPath`. */
	readonly path: string;
	/** Size of the fixed heap. */
	readonly heapBytes: number;
	/** How long a turn may take. */
	readonly watchdogMilliseconds?: number | undefined;
}

interface Turn {
	resolve(): void;
	reject(error: Error): void;
}

export class XsProcessor implements Processor {
	readonly #options: XsOptions;
	readonly #reader = new FrameReader();
	#child: ChildProcess | undefined;
	#link: Duplex | undefined;
	#answer: Answer = () => undefined;
	#turn: Turn | undefined;
	/** Why there will be no other turn. */
	#end: Error | undefined;
	#meters: Meters | undefined;
	#holdings: Holding[] = [];

	constructor(options: XsOptions) {
		this.#options = options;
	}

	start(image: Image, answer: Answer): Promise<void> {
		const { path, heapBytes, watchdogMilliseconds } = this.#options;
		const watchdog = watchdogMilliseconds ?? watchdogMillisecondsDefault;
		const parameters = [linkDescriptor, heapBytes, stackSlots, keys, watchdog].map(String);
		const child = spawn(path, parameters, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
		this.#answer = answer;
		this.#child = child;
		this.#link = child.stdio[linkDescriptor] as Duplex;
		this.#link.on("data", (bytes: Buffer) => this.#onData(bytes));
		this.#link.on("error", () => undefined); // The process has gone; `close` says why.
		let report = "";
		child.stderr?.on("data", (bytes: Buffer) => {
			report = (report + bytes.toString()).slice(0, reportLength);
		});
		child.on("error", (error) => this.#endTurn(error));
		child.on("close", (status, signal) => {
			const reason = signal === watchdogSignal ? "watchdog" : "crashed";
			const message = String(signal ?? status) + (report === "" ? "" : "\n" + report);
			this.#endTurn(new MachineFault({ reason, message }));
		});
		return this.#take(FrameType.Image, encodeModules(image.modules));
	}

	deliver(name: string, values: readonly Value[]): Promise<void> {
		return this.#take(FrameType.Message, encodeValues([name, ...values]));
	}

	stop(): void {
		this.#child?.removeAllListeners();
		this.#child?.kill("SIGKILL");
		this.#child = undefined;
		this.#link?.destroy();
		this.#link = undefined;
		this.#endTurn(new PowerLoss());
	}

	async meters(collect = false): Promise<Meters | undefined> {
		if (collect) await this.#take(FrameType.Collect, new Uint8Array(0));
		return this.#meters;
	}

	async survey(): Promise<readonly Holding[]> {
		this.#holdings = [];
		await this.#take(FrameType.Survey, new Uint8Array(0));
		return this.#holdings;
	}

	/** Sends a frame and lets the machine run until it waits again. */
	#take(type: FrameType, payload: Uint8Array): Promise<void> {
		return new Promise((resolve, reject) => {
			if (this.#turn !== undefined) throw new Error("the machine is running");
			if (this.#end !== undefined) return reject(this.#end);
			this.#turn = { resolve, reject };
			this.#link?.write(encodeFrame(type, payload));
		});
	}

	#endTurn(error?: Error): void {
		const turn = this.#turn;
		this.#turn = undefined;
		this.#end ??= error;
		if (error === undefined) turn?.resolve();
		else turn?.reject(error);
	}

	#onData(bytes: Buffer): void {
		for (const { type, payload } of this.#reader.take(bytes)) {
			if (this.#link === undefined) return;
			const values = decodeValues(payload);
			switch (type) {
				case FrameType.Call:
					this.#onCall(values);
					break;
				case FrameType.Survey:
					this.#holdings = holdingsOf(values);
					break;
				case FrameType.Done:
					this.#meters = metersOf(values);
					this.#endTurn();
					break;
				default: {
					const [reason, message] = values;
					this.#endTurn(new MachineFault({ reason: String(reason), message: String(message) }));
				}
			}
		}
	}

	#onCall([operation, ...values]: readonly Value[]): void {
		try {
			const result = this.#answer(String(operation), values);
			this.#link?.write(encodeFrame(FrameType.Result, encodeValues([result])));
		} catch (error) {
			if (error instanceof PowerLoss) return this.stop();
			const message = error instanceof Error ? error.message : String(error);
			this.#link?.write(encodeFrame(FrameType.Error, encodeValues([message])));
		}
	}
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

/** In the order in which main.c reports them. */
function metersOf(values: readonly Value[]): Meters {
	const [
		slotBytes = 0,
		heapBytes = 0,
		slotsUsedBytes = 0,
		chunksUsedBytes = 0,
		heapPeakBytes = 0,
		stackPeakBytes = 0,
		keyCount = 0,
		bytecodeBytes = 0,
		mutableBindings = 0,
		collections = 0,
		turnPeakBytes = 0,
	] = values.map(Number);
	return {
		slotBytes,
		heapBytes,
		slotsUsedBytes,
		chunksUsedBytes,
		heapPeakBytes,
		stackPeakBytes,
		keys: keyCount,
		bytecodeBytes,
		mutableBindings,
		collections,
		turnPeakBytes,
	};
}

/** A virtual ESP32 board: boot ROM, flash, UART, radio, clock and power around a processor. */

import type { ResetReason } from "../../src/host.js";
import { BootRom, type SlotIndex } from "./boot.js";
import type { Clock } from "./clock.js";
import { cryptoOperations } from "./crypto.js";
import type { Image } from "./image.js";
import { keptMac } from "./mac.js";
import { Nvs } from "./nvs.js";
import { type Internet, internetOperations, nodeInternet } from "./internet.js";
import { numberOf, type Operations, type Post, textOf } from "./operations.js";
import { Power, PowerLoss } from "./power.js";
import {
	type Fault,
	type Holding,
	MachineFault,
	type Meters,
	type Processor,
	type Value,
} from "./processor.js";
import { type Network, Radio } from "./radio.js";
import type { Random } from "./random.js";
import type { State } from "./state.js";
import { Timekeeper } from "./timekeeper.js";
import type { Transport } from "./transport.js";
import { Uart } from "./uart.js";

export interface BoardOptions {
	/** Makes the processor for one boot. */
	readonly processor: () => Processor;
	readonly state: State;
	readonly clock: Clock;
	readonly random: Random;
	readonly networks: readonly Network[];
	readonly transport: Transport;
	/** Names and echoes; by default this machine's own. */
	readonly internet?: Internet;
	/** What the device says on its UART. */
	readonly onOutput: (bytes: Uint8Array) => void;
	readonly power?: Power;
	/** `xx:xx:xx:xx:xx:xx`; made of `random` and kept in the state when it isn't given. */
	readonly mac?: string;
	/** How long a key operation takes, in which the processor does nothing else; by default 0. */
	readonly keyOperationMilliseconds?: number;
	/** How long flash takes to erase a sector, in which all stands still; by default 0. */
	readonly eraseMilliseconds?: number;
	/** Bytes of each of the two slots for images; by default those of a chip with 4 MB of flash. */
	readonly slotLength?: number | undefined;
	/** Hears each fault of the program, before what it leads to. */
	readonly onFault?: (fault: Fault) => void;
	/** What a fault leads to, by the name of ESP-IDF's option; by default the board reboots. */
	readonly panic?: Panic;
	/** Peripherals beside the board's own for a program that knows them, or in their place. */
	readonly extension?: (post: Post) => Operations;
}

export type Panic = "reboot" | "halt";

/**
 * A program that asks the board so often in one turn will not come back: the watchdog ends it. The
 * longest turn of ours hashes a slot, in some 2,000 calls a megabyte. XS counts time as well.
 */
const callsMaximum = 100_000;

/** What the board's faults say of a panic that somebody has ordered. */
export const orderedFault = { reason: "memory full", message: "ordered" } as const;

/** Why a run of the device program ended. */
export type End = "reset" | "fault" | "power lost" | "power off" | "no image";

interface Message {
	readonly name: string;
	readonly values: readonly Value[];
}

/** Somebody wants to look into the processor while the program waits; it may be off by then. */
type Look = (processor: Processor | undefined) => Promise<void>;

/**
 * From a reset to the start of the program: about what the chip's boot ROM and bootloader take. A
 * program that faults at its start lets time pass that way, as on the chip.
 */
const restartMilliseconds = 300;

export class Board {
	/** `xx:xx:xx:xx:xx:xx`. */
	readonly mac: string;
	readonly power: Power;
	readonly nvs: Nvs;
	readonly boot: BootRom;
	readonly uart: Uart;
	readonly radio: Radio;
	/** Faults of the program since the board was made; the last says what it was. */
	readonly faults: Fault[] = [];
	boots = 0;
	readonly #options: BoardOptions;
	readonly #operations: Operations;
	readonly #timekeeper: Timekeeper;
	#processor: Processor | undefined;
	#mailbox: Message[] = [];
	#looks: Look[] = [];
	#wake: () => void = () => undefined;
	#isOn = false;
	/** Why it begins anew, when it is to. */
	#restart: ResetReason | undefined;
	/** How long the processor is busy with keys before it takes the next message. */
	#busyMilliseconds = 0;
	/** How long the processor is to sleep before it starts again. */
	#sleepMilliseconds = 0;
	#resetReason: ResetReason = "power";
	/** Calls of the program since it was last waiting. */
	#calls = 0;
	/** What the program itself has given as its reason to restart. */
	#fault: Fault | undefined;
	#running: Promise<End> = Promise.resolve("power off");

	constructor(options: BoardOptions) {
		const { state, clock, random, networks, transport, onOutput } = options;
		const post: Post = (name, ...values) => this.#post(name, values);
		this.#options = options;
		this.power = options.power ?? new Power();
		this.nvs = new Nvs(state, this.power);
		this.boot = new BootRom(state, this.power, options.slotLength);
		this.uart = new Uart(clock, post, onOutput);
		this.mac = options.mac ?? keptMac(state, random);
		this.radio = new Radio(clock, post, transport, [...networks], this.mac, this.power);
		this.#timekeeper = new Timekeeper(clock, post, () => this.#busyMilliseconds);
		this.#operations = {
			...this.#timekeeper.operations,
			...this.uart.operations,
			...this.radio.operations,
			...this.boot.operations,
			"flash.erase": (index) => {
				this.#busyMilliseconds += options.eraseMilliseconds ?? 0;
				return this.boot.operations["flash.erase"]?.(index);
			},
			...this.nvs.operations,
			...internetOperations(options.internet ?? nodeInternet, clock, post, () => this.radio.isUp),
			...cryptoOperations(random, () => {
				this.#busyMilliseconds += options.keyOperationMilliseconds ?? 0;
			}),
			...this.#ownOperations(),
			...options.extension?.(post),
		};
	}

	/** Turns the board on. It runs, through resets and faults, until power is cut or turned off. */
	powerOn(): void {
		if (this.#isOn) return;
		this.#isOn = true;
		this.#resetReason = "power";
		this.#running = this.#run();
	}

	/** Turns the board off, and resolves when nothing of it runs any more. */
	async powerOff(): Promise<void> {
		this.#isOn = false;
		this.uart.unplug();
		this.#processor?.stop();
		this.#wake();
		await this.#running;
	}

	/** Resolves when the board has gone off by itself, with the reason. */
	get end(): Promise<End> {
		return this.#running;
	}

	/** The supply sags, and the board starts again by itself. */
	brownOut(): void {
		if (this.#isOn) this.#post("brown-out", []);
	}

	/** The time of day is another from now on, as with a crystal that fails; the ticks go on. */
	jumpClock(milliseconds: number): void {
		this.#timekeeper.jump(milliseconds);
	}

	/** The machine's meters, read while it waits; after a collection if asked for. V8 has none. */
	meters(collect = false): Promise<Meters | undefined> {
		return this.#look((processor) => processor.meters(collect));
	}

	/** What the heap holds after a collection, by module. */
	survey(): Promise<readonly Holding[]> {
		return this.#look((processor) => processor.survey());
	}

	#look<T>(look: (processor: Processor) => Promise<T>): Promise<T> {
		if (!this.#isOn) return Promise.reject(new PowerLoss());
		return new Promise((resolve, reject) => {
			this.#looks.push(async (processor) => {
				if (processor === undefined) reject(new PowerLoss());
				else await look(processor).then(resolve, reject);
			});
			this.#wake();
		});
	}

	get isOn(): boolean {
		return this.#isOn;
	}

	async #run(): Promise<End> {
		let end = await this.#runOnce();
		while (end === "reset" || (end === "fault" && this.#options.panic !== "halt")) {
			this.#resetReason = this.#reasonAfter(end);
			await this.#wait(restartMilliseconds + this.#sleepMilliseconds);
			this.#sleepMilliseconds = 0;
			end = this.#isOn ? await this.#runOnce() : "power off";
		}
		this.#isOn = false;
		for (const look of this.#looks.splice(0)) void look(undefined);
		return end;
	}

	/** Resolves after so much time of the board's clock, or when the board is turned off. */
	async #wait(milliseconds: number): Promise<void> {
		let isOver = false;
		const cancel = this.#options.clock.after(milliseconds, () => {
			isOver = true;
			this.#wake();
		});
		while (this.#isOn && !isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
		cancel();
	}

	#reasonAfter(end: "reset" | "fault"): ResetReason {
		if (end === "reset") return this.#restart ?? "software";
		return this.faults.at(-1)?.reason === "watchdog" ? "watchdog" : "panic";
	}

	/** One boot, until the program ends. Virtual time moves only while the program waits. */
	async #runOnce(): Promise<End> {
		const started = this.#options.clock.hold();
		this.#restart = undefined;
		this.#reset();
		try {
			const selected = this.boot.select();
			if (selected === undefined) return "no image";
			await this.#runImage(selected.image, started);
			return "power off";
		} catch (error) {
			this.#processor?.stop();
			const fault = error instanceof MachineFault ? error.fault : this.#fault;
			if (fault !== undefined) {
				this.faults.push(fault);
				this.#options.onFault?.(fault);
				return "fault";
			}
			if (!(error instanceof PowerLoss)) throw error;
			return this.#restart ? "reset" : this.#isOn ? "power lost" : "power off";
		} finally {
			this.#reset();
			started();
		}
	}

	async #runImage(image: Image, started: () => void): Promise<void> {
		const processor = this.#options.processor();
		this.#processor = processor;
		this.#image = image;
		this.boots++;
		await processor.start(image, (operation, values) => this.#answer(operation, values));
		started();
		while (this.#isOn) {
			const look = this.#looks.shift();
			if (look !== undefined) {
				await look(processor);
				continue;
			}
			if (this.#busyMilliseconds > 0) await this.#wait(this.#busyMilliseconds);
			this.#busyMilliseconds = 0;
			if (!this.#isOn) break;
			const message = this.#mailbox.shift();
			if (message === undefined) {
				await new Promise<void>((resolve) => (this.#wake = resolve));
				continue;
			}
			const release = this.#options.clock.hold();
			try {
				const cut = message.name === "brown-out" ? message.name : this.power.message();
				if (cut === "message") throw new PowerLoss();
				if (cut === "panic") throw new MachineFault(orderedFault);
				if (cut === "brown-out") this.#restartAfter(0, cut);
				this.#calls = 0;
				await processor.deliver(message.name, message.values);
			} finally {
				release();
			}
		}
		processor.stop();
	}

	#image: Image | undefined;

	#answer(operation: string, values: readonly Value[]): Value {
		const answer = this.#operations[operation];
		if (answer === undefined) throw new Error("the board has no operation " + operation);
		if (++this.#calls > callsMaximum) {
			this.#fault = { reason: "watchdog", message: "the program did not come back" };
		} else if (this.power.exhausted()) this.#fault = orderedFault;
		else return answer(...values);
		throw new PowerLoss();
	}

	#post(name: string, values: readonly Value[]): void {
		this.#mailbox.push({ name, values });
		this.#wake();
	}

	#reset(): void {
		this.#timekeeper.reset();
		this.uart.reset();
		this.radio.reset();
		this.#mailbox = [];
		this.#calls = 0;
		this.#fault = undefined;
	}

	#ownOperations(): Operations {
		return {
			"boot.reason": () => this.#resetReason,
			"system.get": (name) => this.#systemValue(textOf(name)),
			"system.fail": (message) => {
				this.#fault = { reason: "unhandled exception", message: textOf(message) };
				throw new PowerLoss();
			},
			"system.sleep": (milliseconds) => this.#restartAfter(numberOf(milliseconds)),
			"system.restart": () => this.#restartAfter(0),
		};
	}

	/** As on the chip, it doesn't return. */
	#restartAfter(sleepMilliseconds: number, reason: ResetReason = "software"): never {
		this.#sleepMilliseconds = sleepMilliseconds;
		this.#restart = reason;
		throw new PowerLoss();
	}

	#systemValue(name: string): Value {
		const { platform, version, built, platformKey } = this.#image ?? {};
		return { platform, version, built, platformKey }[name];
	}
}

export type { SlotIndex };

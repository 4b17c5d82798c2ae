/** A device's serial console for programs: one command at a time, in machine format. */

import { OperatorError } from "../operator-error.js";
import type { Line } from "./line.js";
import { type Reply, ReplyReader } from "./reply-reader.js";

/** An empty line is answered within 600 ms even during an operation with a key. */
const probeMilliseconds = 700;
/** A device that is just starting needs some seconds before it answers. */
const probesDefault = 10;
/** Provisioning over a slow network, with its retries, ends within this. */
const replyTimeoutMillisecondsDefault = 120_000;

type Format = "human" | "machine";

/** Its reply is never empty, as that to an empty line is. */
const formatLine = "get system.cmd.format\r\n";
const humanLine = "set system.cmd.format human\r\n";
const machineLine = "set system.cmd.format machine\r\n";

/**
 * `save` keeps the format too: a device that was found in human format gets it back for a moment,
 * or it would come back in machine format, and say nothing of itself, from then on.
 */
const savePattern = /^ *sa(ve?)?( |$)/;

export interface DeviceConsoleOptions {
	/** How long a command may take. Default: two minutes. */
	readonly replyTimeoutMilliseconds?: number;
	/** How often a device is asked that doesn't answer at first. Default: 10 times in 7 seconds. */
	readonly probes?: number;
	/** Aborted: whatever is under way rejects with its reason. `close` still does its work. */
	readonly signal?: AbortSignal;
}

/**
 * Speaks to the device at the other end of a line, which belongs to it until `close`.
 *
 * The device's format is found out first, and given back at the end: settings that a person has
 * made stay as they are.
 */
export class DeviceConsole {
	readonly #line: Line;
	readonly #reader = new ReplyReader();
	readonly #replyTimeoutMilliseconds: number;
	readonly #probesMaximum: number;
	/** Whoever waits for bytes. */
	#wake: (() => void) | undefined;
	#isLost = false;
	#isClosing = false;
	readonly #signal: AbortSignal | undefined;
	/** The device restarts, in the format that it has saved, or has changed to human format. */
	#isOutOfFormat = false;
	/** A line was not answered in time: its reply may still come, and be taken for the next one's. */
	#isBehind = false;
	/** Unknown until the device has been found. */
	#formatBefore: Format | undefined;

	/** Finds the device, or rejects when nobody answers. The line is closed then. */
	static async open(line: Line, options: DeviceConsoleOptions = {}): Promise<DeviceConsole> {
		const console = new DeviceConsole(line, options);
		try {
			await console.#begin();
		} catch (error) {
			await console.close();
			throw error;
		}
		return console;
	}

	private constructor(line: Line, options: DeviceConsoleOptions) {
		this.#line = line;
		this.#replyTimeoutMilliseconds =
			options.replyTimeoutMilliseconds ?? replyTimeoutMillisecondsDefault;
		this.#probesMaximum = options.probes ?? probesDefault;
		this.#signal = options.signal;
		this.#signal?.addEventListener("abort", () => this.#wake?.());
		const onBytes = (bytes: Uint8Array): void => {
			this.#reader.push(bytes);
			this.#wake?.();
		};
		const onLost = (): void => {
			this.#isLost = true;
			this.#wake?.();
		};
		line.listen(onBytes, onLost);
	}

	/** Runs one command line and resolves with its reply, whether that is a success or not. */
	async run(line: string): Promise<Reply> {
		if (/[\r\n]/.test(line)) throw new RangeError("a command is one line");
		if (this.#isOutOfFormat) await this.#begin();
		this.#reader.clear();
		const keepsFormat = this.#formatBefore === "human" && savePattern.test(line);
		this.#line.write(keepsFormat ? humanLine + line + "\r\n" + machineLine : line + "\r\n");
		const take = keepsFormat ? () => this.#reader.takeBetween(line) : () => this.#takeReply();
		const reply = await this.#until(take, this.#replyTimeoutMilliseconds);
		if (reply !== undefined) return reply;
		throw new OperatorError("console", "The device did not answer. Is it still powered?");
	}

	#takeReply(): Reply | undefined {
		const reply = this.#reader.take();
		if (reply !== undefined) {
			this.#isOutOfFormat = reply.text.endsWith("Rebooting");
			return reply;
		}
		if (this.#reader.hasRestarted) {
			this.#isOutOfFormat = true;
			const advice = "Has it lost its power? What it was told last may not be done.";
			throw new OperatorError("console", "The device has restarted. " + advice);
		}
		const human = this.#reader.takeHuman();
		if (human === undefined) return undefined;
		this.#isOutOfFormat = true;
		this.#formatBefore = "human"; // It was asked for.
		return human;
	}

	/** Gives the device the format that it had, and closes the line. */
	async close(): Promise<void> {
		this.#isClosing = true;
		if (this.#formatBefore === "human" && !this.#isLost && !this.#isOutOfFormat) {
			this.#reader.clear();
			this.#line.write(humanLine);
			const isAnswered = (): true | undefined => this.#reader.text.includes("Set OK") || undefined;
			await this.#until(isAnswered, probeMilliseconds).catch(() => undefined);
		}
		await this.#line.close();
	}

	/** Brings the device into machine format. */
	async #begin(): Promise<void> {
		const format = await this.#findFormat();
		this.#formatBefore ??= format;
		if (format === "human") await this.#enterMachineFormat();
		if (this.#isBehind) await this.#catchUp();
		this.#isOutOfFormat = false;
	}

	/** Passes over the replies to what was asked before. */
	async #catchUp(): Promise<void> {
		this.#line.write(formatLine);
		const isCaughtUp = (): true | undefined => {
			for (let reply = this.#reader.take(); reply; reply = this.#reader.take()) {
				if (reply.text === "machine") return true;
			}
			return undefined;
		};
		const milliseconds = probeMilliseconds * this.#probesMaximum;
		if ((await this.#until(isCaughtUp, milliseconds)) === undefined) throw noDevice();
		this.#isBehind = false;
	}

	async #findFormat(): Promise<Format> {
		for (let probes = 0; probes < this.#probesMaximum; probes++) {
			this.#reader.clear();
			this.#line.write("\r\n");
			const format = await this.#until(() => this.#formatOfAnswer(), probeMilliseconds);
			if (format !== undefined) return format;
			this.#isBehind = true;
		}
		throw noDevice();
	}

	/** The first answer may be to what somebody else left on the line: the empty line's tells. */
	#formatOfAnswer(): Format | undefined {
		const reply = this.#reader.take();
		if (reply !== undefined) return "machine";
		return this.#reader.text.includes("\r\nReady") ? "human" : undefined;
	}

	async #enterMachineFormat(): Promise<void> {
		this.#line.write(machineLine);
		for (let probes = 0; probes < this.#probesMaximum; probes++) {
			const format = await this.#until(() => this.#reader.take(), probeMilliseconds);
			if (format !== undefined) return;
			this.#isBehind = true;
			this.#line.write("\r\n");
		}
		throw new OperatorError("console", "The device doesn't take the machine format.");
	}

	/** Resolves with what `find` finds as bytes come; `undefined` when the time is over. */
	async #until<T>(find: () => T | undefined, milliseconds: number): Promise<T | undefined> {
		const end = Date.now() + milliseconds;
		for (;;) {
			const found = find();
			if (found !== undefined) return found;
			const rest = end - Date.now();
			if (rest <= 0) return undefined;
			if (!this.#isClosing) this.#signal?.throwIfAborted();
			if (this.#isLost) throw new OperatorError("console", "The port was closed.");
			await this.#bytesOr(rest);
		}
	}

	async #bytesOr(milliseconds: number): Promise<void> {
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, milliseconds);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
		this.#wake = undefined;
	}
}

function noDevice(): OperatorError {
	const advice = "Is it powered, and is this its console?";
	return new OperatorError("console", "No device answers at this port. " + advice);
}

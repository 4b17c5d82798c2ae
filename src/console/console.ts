/** The serial console: reads command lines, runs them one after the other, prints the answers. */

import { inBackground } from "../background.js";
import type { Device } from "../device.js";
import type { Serial } from "../host.js";
import { DmsError } from "../protocol/result.js";
import { findCommand } from "./commands.js";
import { type LineProblem, LineReader, lineLengthMaximum } from "./line-reader.js";
import { Output } from "./output.js";
import { wordsOf } from "./words.js";

/** Gecko OS's rate: 8 data bits, no parity, 1 stop bit, no flow control. */
const baud = 115_200;
const prompt = "> ";
const lineEnd = "\r\n";
const clearLine = "\r\x1b[K";

const problems: { readonly [problem in LineProblem]: string } = Object.freeze({
	"too long": "A line has at most " + lineLengthMaximum + " bytes. Nothing was done.",
	"not UTF-8": "The line is not UTF-8 text. Nothing was done.",
});

export class Console {
	readonly #device: Device;
	readonly #output = new Output();
	readonly #reader = new LineReader(this.#output);
	readonly #serial: Serial;
	/** Bytes that came while a command was running. */
	#ahead: Uint8Array | undefined;
	#isBusy = false;

	constructor(device: Device) {
		const { host } = device;
		this.#device = device;
		this.#serial = new host.serial.io({
			...host.serial,
			baud,
			onReadable: () => this.#read(),
			onWritable: (byteLength) => this.#output.onWritable(byteLength),
		});
		this.#output.attach(this.#serial);
		this.#output.write(lineEnd + "[Ready]" + lineEnd + prompt);
	}

	/** Prints a line above the one that is being typed. */
	log(line: string): void {
		if (this.#isBusy) this.#output.write(line + lineEnd);
		else this.#output.write(clearLine + line + lineEnd + prompt + this.#reader.text);
	}

	/** Bytes stay in the port's buffer while a command runs. */
	#read(): void {
		while (!this.#isBusy) {
			const bytes = this.#ahead ?? this.#receive();
			if (bytes === undefined) return;
			const taken = this.#reader.take(bytes);
			this.#ahead = taken < bytes.length ? bytes.subarray(taken) : undefined;
			if (!this.#reader.hasLine) continue;
			this.#isBusy = true;
			inBackground(this.#device.host, this.#respond());
		}
	}

	#receive(): Uint8Array | undefined {
		const bytes = this.#serial.read();
		return bytes === undefined ? undefined : new Uint8Array(bytes);
	}

	async #respond(): Promise<void> {
		const { line, problem } = this.#reader.takeLine();
		const text = await this.#answer(line, problem);
		this.#output.write(text + lineEnd + prompt);
		this.#isBusy = false;
		this.#read();
	}

	/** The text that answers a line. */
	async #answer(line: string, problem?: LineProblem): Promise<string> {
		const words = problem === undefined ? wordsOf(line) : undefined;
		if (words === undefined) {
			return failure(problem === undefined ? "A quotation mark is left open." : problems[problem]);
		}
		const [name, ...parameters] = words;
		if (name === undefined) return "Ready";
		const command = findCommand(this.#device, name);
		if (command === undefined) return "Unknown command: " + name + ". `help` lists them.";
		const [least, most] = command.count;
		if (parameters.length < least || parameters.length > most) {
			const amount = parameters.length < least ? "few" : "many";
			return "Too " + amount + " arguments. Usage: " + command.name + " " + command.parameters;
		}
		try {
			return await command.run(this.#device, parameters);
		} catch (error) {
			if (error instanceof DmsError) return failure(error.message);
			throw error; // A programmer's error: the device restarts.
		}
	}
}

function failure(sentence: string): string {
	return "Command failed" + lineEnd + sentence;
}

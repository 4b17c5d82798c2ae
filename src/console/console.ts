/** The serial console: reads command lines, runs them one after the other, prints the answers. */

import { inBackground } from "../background.js";
import type { Command, Device } from "../device.js";
import type { Host, Serial } from "../host.js";
import { DmsError } from "../protocol/result.js";
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
	readonly #commands: readonly Command[];
	readonly #device: Device;
	readonly #output = new Output();
	readonly #reader = new LineReader((bytes) => this.#output.write(bytes));
	readonly #serial: Serial;
	/** Bytes that came while a command was running. */
	#ahead = new Uint8Array(0);
	#isBusy = false;

	constructor(host: Host, device: Device, commands: readonly Command[]) {
		this.#device = device;
		this.#commands = commands;
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
			if (this.#ahead.length === 0) {
				const bytes = this.#serial.read();
				if (bytes === undefined) return;
				this.#ahead = new Uint8Array(bytes);
			}
			const taken = this.#reader.take(this.#ahead, 0, (line, problem) => {
				this.#onLine(line, problem);
			});
			this.#ahead = this.#ahead.slice(taken);
		}
	}

	#onLine(line: string, problem?: LineProblem): void {
		this.#isBusy = true;
		inBackground(this.#device.host, this.#respond(line, problem));
	}

	async #respond(line: string, problem?: LineProblem): Promise<void> {
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
		const command = this.#commands.find((candidate) => candidate.name === name);
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

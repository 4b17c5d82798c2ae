/** The serial console: reads command lines, runs them one after the other, prints the replies. */

import { inBackground } from "../background.js";
import type { Answer, Command, Device, Lines, Variable } from "../device.js";
import { visibleBytes } from "../encoding/visible.js";
import type { Serial } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { commandOf, wordsIn } from "./command-line.js";
import type { LineInput } from "./line-input.js";
import { Output } from "./output.js";
import { payloadLength, shownAnswer } from "./payload.js";
import { digitOf, ErrorDigit, failureLines, replyHead } from "./reply.js";
import { isOn, valueOf } from "./values.js";
import { echo, hasHeader, isBuffered, printLevel } from "./variables/console-variables.js";

/** Gecko OS's rate: 8 data bits, no parity, 1 stop bit, no flow control. */
const baud = 115_200;
const lineEnd = "\r\n";
/** Bytes that are taken from the port at a time: what waits there takes none of our memory. */
const pieceLength = 64;
/** Log lines that wait for the end of a long reply, or a terminal's answer; others are lost. */
const heldLinesMaximum = 8;

const noLines: Lines = () => undefined;

interface Asking {
	readonly isSecret: boolean;
	readonly resolve: (line: string) => void;
}

export abstract class Console<Input extends LineInput = LineInput> {
	protected readonly device: Device;
	protected readonly output = new Output();
	protected readonly input: Input;
	private readonly serial: Serial;
	/** Bytes that came while a command was running. */
	protected ahead: Uint8Array | undefined;
	/** Bytes were lost in front of those that are received next. */
	private isTorn = false;
	protected isBusy = false;
	/** Log lines that would tear a reply, or what is typed. */
	protected held: string[] | undefined;
	/** A command waits for a line. */
	protected asking: Asking | undefined;
	/** What is done after the reply, when nothing more is to be read. */
	private ending: (() => void) | undefined;

	constructor(device: Device) {
		const { host } = device;
		this.device = device;
		this.input = this.newInput();
		this.serial = new host.serial.io({
			...host.serial,
			baud,
			onReadable: () => this.read(),
			onOverrun: () => (this.isTorn = true),
			onWritable: (byteLength) => this.output.onWritable(byteLength),
		});
		this.output.attach(this.serial);
		if (this.isLogging) {
			this.output.write(lineEnd);
			this.writeLine(device.version);
			this.writeLine("[Ready]");
		}
		this.begin();
	}

	/** Prints a line above the one that is being typed, unless the log is off. */
	log(line: string): void {
		if (!this.isLogging) return;
		if (this.held === undefined) this.logNow(line);
		else if (this.held.length < heldLinesMaximum) this.held.push(line);
	}

	/** Prints a line that tears no reply. */
	protected logNow(line: string): void {
		this.writeLine(line);
	}

	/** Called first of all. */
	protected abstract newInput(): Input;

	/** The place where a line can be typed, or the answer to a question. */
	protected abstract begin(question?: string): void;

	/** See `Device`. The command that asks is still running. */
	ask(question: string, isSecret: boolean, above: Lines = noLines): Promise<string> {
		if (this.is(hasHeader)) {
			const sentence = "That asks a person. Set it up in human format: set system.cmd.format human";
			return Promise.reject(new DmsError(DmsResult.Unsupported, sentence));
		}
		for (let index = 0; ; index++) {
			const line = above(index);
			if (line === undefined) break;
			this.writeLine(line);
		}
		this.begin(question);
		this.isBusy = false;
		inBackground(
			this.device.host,
			Promise.resolve().then(() => this.read()),
		);
		return new Promise((resolve) => (this.asking = { isSecret, resolve }));
	}

	/** Reads no more, and acts when what there is to say has been said. */
	endWith(act: () => void): void {
		this.ending = act;
		if (!this.isBusy) inBackground(this.device.host, this.end());
	}

	private get isLogging(): boolean {
		return valueOf(this.device, printLevel) !== "0";
	}

	protected is(variable: Variable): boolean {
		return isOn(this.device, variable);
	}

	/**
	 * Bytes stay in the port's buffer while a command runs, and while there is more to say: what
	 * waits to be sent must not fill the memory.
	 */
	protected read(): void {
		while (!this.isBusy) {
			if (!this.output.isEmpty) return this.output.whenEmpty(() => this.read());
			const bytes = this.ahead ?? this.receive();
			if (bytes === undefined) return;
			const taken = this.take(bytes);
			this.ahead = taken < bytes.length ? bytes.subarray(taken) : undefined;
			if (!this.input.hasLine) continue;
			this.isBusy = true;
			if (this.asking !== undefined) return this.takeAnswer(this.asking);
			const goOn = (): void => this.read(); // From a new stack: a chip's is small.
			inBackground(this.device.host, this.respond().then(goOn));
		}
	}

	private takeAnswer({ resolve }: Asking): void {
		const { line } = this.input.takeLine();
		this.asking = undefined;
		resolve(line);
	}

	/** How many of the bytes it takes: up to the end of a line, or more that is no line's. */
	protected take(bytes: Uint8Array): number {
		return this.input.take(bytes);
	}

	private emptied(): Promise<void> {
		return new Promise((resolve) => this.output.whenEmpty(resolve));
	}

	private receive(): Uint8Array | undefined {
		if (this.isTorn) {
			this.isTorn = false;
			this.tear();
		}
		const bytes = this.serial.read(pieceLength);
		return bytes === undefined ? undefined : new Uint8Array(bytes);
	}

	protected tear(): void {
		this.input.tear();
	}

	/** Suspended for as long as the command takes, so it holds little: locals cost heap then. */
	private async respond(): Promise<void> {
		let digit: ErrorDigit = ErrorDigit.Success;
		let answer: Answer;
		try {
			answer = await this.run();
		} catch (error) {
			const failure = digitOf(error);
			if (failure === undefined || !(error instanceof Error)) throw error; // The device restarts.
			digit = failure;
			answer = failureLines(digit, error.message);
		}
		await this.reply(digit, answer);
	}

	private async reply(digit: ErrorDigit, answer: Answer): Promise<void> {
		this.held = [];
		const shown = shownAnswer(answer);
		if (this.is(hasHeader)) this.output.write(replyHead(digit, payloadLength(shown)));
		if (typeof shown === "function") await this.printLines(shown);
		else if (shown !== undefined) {
			this.output.write(shown);
			this.output.write(lineEnd);
		}
		const held = this.held;
		this.held = undefined;
		if (this.isLogging) for (const log of held) this.writeLine(log);
		if (this.ending !== undefined) return this.end();
		this.begin();
		this.isBusy = false;
	}

	private async end(): Promise<void> {
		this.isBusy = true;
		await this.emptied();
		this.ending?.();
	}

	/** Everything that isn't the editor's own goes this way, or by `shownAnswer`. */
	protected writeLine(line: string): void {
		this.output.write(visibleBytes(line));
		this.output.write(lineEnd);
	}

	/** Runs the line that is whole. */
	private run(): Answer | Promise<Answer> {
		const { line, problem } = this.input.takeLine();
		const [name, ...parameters] = wordsIn(line, problem);
		if (name === undefined) return this.ready;
		const command = commandOf(this.device, name, parameters);
		const answer = command.run(this.device, parameters);
		return this.is(isBuffered) ? this.buffer(command, answer) : answer;
	}

	private async buffer(command: Command, answer: Answer | Promise<Answer>): Promise<Answer> {
		const lines = await answer;
		if (typeof lines !== "function") return lines;
		return this.device.streams.open(command.name, lines);
	}

	/** Controllers find the format by what an empty line is answered. */
	private get ready(): Answer {
		if (this.is(hasHeader)) return undefined;
		return this.is(echo) ? "Ready" : ["", "Ready"];
	}

	/** One line at a time, so that a long reply takes no memory. */
	private async printLines(lines: Lines): Promise<void> {
		for (let index = 0; ; index++) {
			const line = lines(index);
			if (line === undefined) return;
			this.writeLine(line);
			if (!this.output.isEmpty) await this.emptied();
		}
	}
}

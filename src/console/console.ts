/** The serial console: reads command lines, runs them one after the other, prints the replies. */

import { inBackground } from "../background.js";
import type { Answer, Command, Device, Lines, Variable } from "../device.js";
import { byteAt, concatenate } from "../encoding/bytes.js";
import type { Serial, Timer } from "../host.js";
import { frameStart } from "../improv/frame.js";
import { type ImprovOwner, Improv } from "../improv/improv.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { usageOf } from "./commands/help-commands.js";
import { complete } from "./completion.js";
import { lineLengthMaximum, type LineProblem } from "./line.js";
import { type Completion, type EditorOwner, LineEditor } from "./line-editor.js";
import { findCommand } from "./names.js";
import { Output } from "./output.js";
import { CommandError, digitOf, ErrorDigit, failureLines, replyHead } from "./reply.js";
import { secretStart } from "./secrets.js";
import { byteLengthOf } from "./streams.js";
import { isOn, valueOf } from "./values.js";
import {
	echo,
	hasHeader,
	hasPrompt,
	isBuffered,
	printLevel,
} from "./variables/console-variables.js";
import { visible, visibleBytes } from "./visible.js";
import { wordsOf } from "./words.js";

/** Gecko OS's rate: 8 data bits, no parity, 1 stop bit, no flow control. */
const baud = 115_200;
const prompt = "> ";
const lineEnd = "\r\n";
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Bytes that are taken from the port at a time: what waits there takes none of our memory. */
const pieceLength = 64;
/** Log lines that wait for the end of a long reply; what comes beyond is lost. */
const heldLinesMaximum = 8;
const tornSentence =
	"Bytes came faster than they could be read: some of this line, or lines before it, are lost. " +
	"Nothing of it was done.";

const noLines: Lines = () => undefined;

interface Asking {
	readonly isSecret: boolean;
	readonly resolve: (line: string) => void;
}

export class Console implements EditorOwner, ImprovOwner {
	private readonly device: Device;
	private readonly output = new Output();
	private readonly editor = new LineEditor(this);
	private readonly serial: Serial;
	/** Bytes that came while a command was running. */
	private ahead: Uint8Array | undefined;
	/** Bytes were lost in front of those that are received next. */
	private isTorn = false;
	private isBusy = false;
	/** Made when the first byte comes that may begin a frame. */
	private improv: Improv | undefined;
	/** Log lines that would tear a reply. */
	private held: string[] | undefined;
	/** A command waits for a line. */
	private asking: Asking | undefined;
	/** What is done after the reply, when nothing more is to be read. */
	private ending: (() => void) | undefined;

	constructor(device: Device) {
		const { host } = device;
		this.device = device;
		this.serial = new host.serial.io({
			...host.serial,
			baud,
			onReadable: () => this.read(),
			onOverrun: () => (this.isTorn = true),
			onWritable: (byteLength) => this.output.onWritable(byteLength),
		});
		this.output.attach(this.serial);
		if (this.isLogging) this.output.write(lineEnd + "[Ready]" + lineEnd);
		this.begin();
	}

	/** Prints a line above the one that is being typed, unless the log is off. */
	log(line: string): void {
		if (!this.isLogging) return;
		if (this.held !== undefined) {
			if (this.held.length < heldLinesMaximum) this.held.push(line);
		} else if (this.isBusy) {
			this.writeLine(line);
		} else {
			this.editor.hide();
			this.writeLine(line);
			this.editor.show();
		}
	}

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
		this.editor.begin(visible(question), this.is(echo));
		this.isBusy = false;
		inBackground(
			this.device.host,
			Promise.resolve().then(() => this.read()),
		);
		return new Promise((resolve) => (this.asking = { isSecret, resolve }));
	}

	get timer(): Timer {
		return this.device.host.timer;
	}

	write(text: string | Uint8Array): void {
		this.output.write(text);
	}

	secretStart(line: string): number | undefined {
		if (this.asking !== undefined) return this.asking.isSecret ? 0 : undefined;
		return secretStart(this.device, line);
	}

	complete(line: string): Completion {
		return this.asking === undefined ? complete(this.device, line) : { text: "" };
	}

	/** Reads no more, and acts when what there is to say has been said. */
	endWith(act: () => void): void {
		this.ending = act;
		if (!this.isBusy) inBackground(this.device.host, this.end());
	}

	private get isLogging(): boolean {
		return valueOf(this.device, printLevel) !== "0";
	}

	private is(variable: Variable): boolean {
		return isOn(this.device, variable);
	}

	/** The place where a line can be typed. */
	private begin(): void {
		this.editor.begin(this.is(hasPrompt) ? prompt : "", this.is(echo));
	}

	/**
	 * Bytes stay in the port's buffer while a command runs, and while there is more to say: what
	 * waits to be sent must not fill the memory.
	 */
	private read(): void {
		while (!this.isBusy) {
			if (!this.output.isEmpty) return this.output.whenEmpty(() => this.read());
			const bytes = this.ahead ?? this.receive();
			if (bytes === undefined) return;
			const taken = this.take(bytes);
			this.ahead = taken < bytes.length ? bytes.subarray(taken) : undefined;
			if (!this.editor.hasLine) continue;
			this.isBusy = true;
			if (this.asking !== undefined) return this.takeAnswer(this.asking);
			const goOn = (): void => this.read(); // From a new stack: a chip's is small.
			inBackground(this.device.host, this.respond().then(goOn));
		}
	}

	private takeAnswer({ resolve }: Asking): void {
		const { line } = this.editor.takeLine();
		this.asking = undefined;
		resolve(line);
	}

	/** Takes what is typed, and what comes between lines from a browser that sets up the Wi-Fi. */
	private take(bytes: Uint8Array): number {
		let offset = 0;
		while (offset < bytes.length && this.isBetweenLines) {
			const byte = byteAt(bytes, offset);
			if (byte === frameStart) this.improv ??= new Improv(this.device, this);
			const isLineEnd = byte === lineFeed || byte === carriageReturn;
			if (this.improv?.take(byte)) offset++;
			else if (!isLineEnd) break;
			else offset += this.editor.take(bytes.subarray(offset, offset + 1));
		}
		const isOver = this.isBusy || this.editor.hasLine || offset === bytes.length;
		if (isOver) return offset;
		return offset + this.editor.take(bytes.subarray(offset));
	}

	private get isBetweenLines(): boolean {
		return this.editor.isEmpty && !this.isBusy && this.asking === undefined;
	}

	/** Browsers look for frames at the beginning of a line only. */
	sendFrame(frame: Uint8Array): void {
		this.output.write(lineEnd);
		this.output.write(frame);
	}

	/** Nothing is read until a frame is answered; then first what turned out to be no frame. */
	afterFrame(answered: Promise<Uint8Array | void>): void {
		this.isBusy = true;
		const goOn = (lines: Uint8Array | void): void => {
			this.isBusy = false;
			this.begin();
			if (lines) this.ahead = concatenate(lines, this.ahead ?? new Uint8Array(0));
			this.read();
		};
		inBackground(this.device.host, answered.then(goOn));
	}

	onTyped(bytes: Uint8Array): void {
		this.editor.take(bytes);
	}

	private emptied(): Promise<void> {
		return new Promise((resolve) => this.output.whenEmpty(resolve));
	}

	private receive(): Uint8Array | undefined {
		if (this.isTorn) this.editor.tear();
		this.isTorn = false;
		const bytes = this.serial.read(pieceLength);
		return bytes === undefined ? undefined : new Uint8Array(bytes);
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
	private writeLine(line: string): void {
		this.output.write(visibleBytes(line));
		this.output.write(lineEnd);
	}

	/** Runs the line that is whole. */
	private run(): Answer | Promise<Answer> {
		const { line, problem } = this.editor.takeLine();
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

	/** Hosts find the format by what an empty line is answered. */
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

/** Gecko OS's options are a hyphen and a letter: one that isn't here is no argument. */
function isUnknownOption({ options, isOnVariable, isSecret }: Command, parameter: string): boolean {
	if (isOnVariable === true || isSecret === true) return false;
	const isOption = parameter.length === 2 && parameter.startsWith("-");
	return isOption && options?.includes(parameter) !== true;
}

/** An answer as it is sent: lines through the filter, bytes as they are. */
function shownAnswer(answer: Answer): Uint8Array | Lines | undefined {
	if (typeof answer === "string") return visibleBytes(answer);
	if (answer === undefined || typeof answer === "function") return answer;
	if (answer instanceof Uint8Array) return answer;
	return (index) => answer[index];
}

/** The bytes of an answer with its last line end. */
function payloadLength(answer: Uint8Array | Lines | undefined): number {
	if (answer === undefined) return 0;
	return typeof answer === "function" ? byteLengthOf(answer) : answer.length + lineEnd.length;
}

function wordsIn(line: string, problem: LineProblem | undefined): readonly string[] {
	if (problem === "torn") throw new CommandError(ErrorDigit.Overflow, tornSentence);
	if (problem === "too long") {
		throw new CommandError(
			ErrorDigit.Overflow,
			"A line has at most " + lineLengthMaximum + " bytes. Nothing was done.",
		);
	}
	const { words, isOpen } = wordsOf(line);
	if (problem === undefined && !isOpen) return words;
	const cause = problem === undefined ? "A quotation mark is left open." : "It is not UTF-8 text.";
	throw new CommandError(ErrorDigit.ParseError, cause + " Nothing was done.");
}

function commandOf(device: Device, name: string, parameters: readonly string[]): Command {
	const command = findCommand(device, name);
	if (command === undefined) {
		throw new CommandError(ErrorDigit.UnknownCommand, "`help commands` lists them.");
	}
	const isOwn = device.commandTables[0]?.includes(command) === true;
	if (isOwn && parameters.some((parameter) => isUnknownOption(command, parameter))) {
		throw new CommandError(ErrorDigit.UnknownVariable, "Usage: " + usageOf(command));
	}
	const [least, most] = command.count;
	if (parameters.length < least || parameters.length > most) {
		const isFew = parameters.length < least;
		const digit = isFew ? ErrorDigit.TooFewArguments : ErrorDigit.TooManyArguments;
		throw new CommandError(digit, "Usage: " + usageOf(command));
	}
	return command;
}

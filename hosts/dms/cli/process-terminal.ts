/** The process as the command line tool's terminal. */

import { createInterface } from "node:readline";
import { addAbortSignal, type Duplex } from "node:stream";
import { makeRaw } from "../../command/raw-terminal.js";
import { openLogSink } from "./log-sink.js";
import type { Leave, Terminal } from "./terminal.js";

/** Ctrl-], as telnet's. */
const escapeByte = 0x1d;

export function processTerminal(): Terminal {
	const { stdin, stdout, stderr } = process;
	return {
		print: (line) => void stdout.write(line + "\n"),
		write: (text) =>
			new Promise((resolve) => {
				stdout.write(text, (error) => resolve(!error));
			}),
		printError: (line) => void stderr.write(line + "\n"),
		progress: (text) => stderr.isTTY && stderr.write("\r\x1b[K" + text),
		log: openLogSink(stderr),
		environment: process.env,
		lines: (signal) => (stdin.isTTY ? undefined : linesOf(addAbortSignal(signal, stdin))),
		ask,
		join,
		stopped,
	};
}

/** Who presses Ctrl-C or Ctrl-D has said nothing. */
async function ask(question: string): Promise<string | undefined> {
	const { stdin, stderr } = process;
	if (!stdin.isTTY) return undefined;
	const reader = createInterface({ input: stdin, output: stderr });
	const answer = new Promise<string>((resolve) => {
		reader.question(question, resolve);
		reader.once("close", () => resolve(""));
	});
	try {
		return await answer;
	} finally {
		reader.close();
	}
}

/** Nothing is read before the first line is asked for, and the last needs no line end. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	let text = "";
	for await (const bytes of input) {
		text += decoder.decode(bytes, { stream: true });
		const lines = text.split(/\r?\n/);
		text = lines.pop() ?? "";
		yield* lines;
	}
	text += decoder.decode();
	if (text !== "") yield text;
}

/** The first signal asks; a second one ends the process. */
function stopped(): Promise<NodeJS.Signals> {
	return new Promise((resolve) => {
		process.once("SIGINT", resolve);
		process.once("SIGTERM", resolve);
	});
}

/** In raw mode Ctrl-C is for the device too. The terminal is restored however it ends. */
async function join(line: Duplex, welcome: string): Promise<Leave> {
	const { stdin, stdout, stderr } = process;
	const restore = makeRaw(stdin);
	try {
		stderr.write(welcome + "\n");
		return await new Promise<Leave>((resolve) => {
			void stopped().then(resolve);
			for (const event of ["end", "error", "close"]) line.on(event, () => resolve("line closed"));
			line.on("data", (bytes: Uint8Array) => void stdout.write(bytes));
			stdout.on("error", () => resolve("input over"));
			stdin.on("end", () => resolve("input over"));
			stdin.on("error", () => resolve("input over"));
			stdin.on("data", (bytes: Buffer) => {
				const end = bytes.indexOf(escapeByte);
				line.write(end < 0 ? bytes : bytes.subarray(0, end));
				if (end >= 0) resolve("escape");
			});
		});
	} finally {
		restore();
		stdin.removeAllListeners("data");
		stdin.pause();
	}
}

/** Programs that the maker names: what flashes a board, and what prints a label. */

import { spawn } from "node:child_process";
import { OperatorError } from "../operator-error.js";

/** Flashing 4 MB at 115,200 baud takes six minutes; who needs more, hangs. */
const limitMilliseconds = 15 * 60_000;
/** What is kept of what it says. */
const outputMaximum = 2_000;

/** The words of a command line: quotes, single and double, keep spaces. */
export function wordsOf(line: string): string[] {
	const word = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g;
	const words = line.match(word) ?? [];
	if (words.length === 0 || /['"]/.test(line.replaceAll(word, ""))) {
		throw new OperatorError("usage", `A quotation mark is left open, or nothing is there: ${line}`);
	}
	return words.map((one) => one.replace(/'([^']*)'|"([^"]*)"/g, (_, a, b) => a ?? b));
}

/**
 * Runs a command line, in which names in braces stand for what is given; no shell reads it. Rejects
 * with the last line that the program has said when it doesn't end well.
 */
export async function runProgram(
	line: string,
	names: { readonly [name: string]: string },
	signal: AbortSignal,
): Promise<void> {
	const words = wordsOf(line).map((word) =>
		word.replace(/\{(\w+)\}/g, (all, name: string) => names[name] ?? all),
	);
	const [program = "", ...parameters] = words;
	let output = "";
	const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMilliseconds)]);
	const ended = await new Promise<string>((resolve) => {
		const stdio = ["ignore", "pipe", "pipe"] as const;
		const child = spawn(program, parameters, { stdio: [...stdio], signal: limit });
		const listen = (bytes: Buffer): void => {
			output = (output + bytes.toString()).slice(-outputMaximum);
		};
		child.stdout.on("data", listen);
		child.stderr.on("data", listen);
		child.on("error", ({ message }) => resolve(message));
		child.on("close", (code, by) => resolve(code === 0 ? "" : String(by ?? code)));
	});
	signal.throwIfAborted();
	if (ended === "") return;
	const said =
		output
			.trim()
			.split(/[\r\n]+/)
			.at(-1) ?? "";
	const sentence = `${program} has not come to a good end: ${ended}. ${said}`;
	throw new OperatorError("program", sentence.trim());
}

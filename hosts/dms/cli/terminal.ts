/** What the command line tool needs of the process that runs it. */

import { constants } from "node:os";
import type { Duplex } from "node:stream";
import type { LogSink } from "./log-sink.js";

/** Why a person's terminal has left a serial line. */
export type Leave = "escape" | "input over" | "line closed" | NodeJS.Signals;

export interface Terminal {
	/** A line on standard output. */
	print(line: string): void;
	/**
	 * Text on standard output, as it is. Resolves when it was taken, so that no more than one piece
	 * waits in memory; with `false` when there is no reader any more.
	 */
	write(text: string): Promise<boolean>;
	/** A line on standard error. */
	printError(line: string): void;
	/** How far something has come: shown to a person on standard error, in place of the last one. */
	progress(text: string): void;
	/** A line for the service's log, on standard error too: lost when that can't be written. */
	readonly log: LogSink;
	readonly environment: { readonly [name: string]: string | undefined };
	/**
	 * The lines of standard input, as they come, until `signal` breaks it off; `undefined` when that
	 * is a person's terminal.
	 */
	lines(signal: AbortSignal): AsyncIterable<string> | undefined;
	/** A person's answer to a question, one line; `undefined` where nobody can be asked. */
	ask(question: string): Promise<string | undefined>;
	/**
	 * Joins the person's terminal to a serial line until Ctrl-], or until one of them ends; says
	 * `welcome` when it is joined.
	 */
	join(line: Duplex, welcome: string): Promise<Leave>;
	/** Resolves with the signal when somebody asks the process to stop. */
	stopped(): Promise<NodeJS.Signals>;
}

/** A command that hasn't come to a good end, and has said all there is to say of it. */
export class Ended extends Error {
	readonly exitCode: number;

	constructor(message: string, exitCode: number) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** A command that somebody has stopped. */
export class Stopped extends Ended {
	constructor(signal: NodeJS.Signals) {
		super("Stopped.", 128 + constants.signals[signal]); // As shells count.
	}
}

/** What the command line tool needs of the process that runs it. */

import type { Duplex } from "node:stream";

export interface Terminal {
	/** A line on standard output. */
	print(line: string): void;
	/** A line on standard error. */
	printError(line: string): void;
	readonly environment: { readonly [name: string]: string | undefined };
	/** The lines of standard input; `undefined` when that is a person's terminal. */
	lines(): AsyncIterable<string> | undefined;
	/** Joins the person's terminal to a serial line until Ctrl-] or the end of the line. */
	join(line: Duplex): Promise<void>;
	/** Resolves when somebody asks the process to stop. */
	stopped(): Promise<void>;
}

/** How each of our commands but `opendms` begins and fails. */

import { invocationOf } from "./invocation.js";
import { guardOutput } from "./output.js";
import { packageVersion } from "./version.js";

export interface MainProgram {
	/** The command's name, and npm's scripts that run it. */
	readonly name: string;
	readonly scripts?: readonly string[];
	/** What `--help` prints, for a command that is typed as `invocation`. */
	usage(invocation: string): string;
	run(invocation: string): Promise<void>;
	/** The reader of what it prints has gone; see `guardOutput`. */
	onGone?: () => void;
}

/** Runs it. What it throws is one sentence on standard error, and exit code 1. */
export async function runMain(program: MainProgram): Promise<void> {
	const { name, scripts = [], onGone } = program;
	const invocation = invocationOf(name, process.env, scripts);
	guardOutput(onGone);
	try {
		if (isAsked("--help", "-h")) console.log(program.usage(invocation));
		else if (isAsked("--version", "-V")) console.log(packageVersion);
		else await program.run(invocation);
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		console.error(isOfWords(error) ? message + ". See: " + invocation + " --help" : message);
		process.exitCode = 1;
	}
}

function isAsked(...options: readonly string[]): boolean {
	return process.argv.slice(2).some((word) => options.includes(word));
}

/** Whether Node's `parseArgs` has thrown it. */
function isOfWords(error: unknown): boolean {
	if (!(error instanceof TypeError) || !("code" in error)) return false;
	return String(error.code).startsWith("ERR_PARSE_ARGS");
}

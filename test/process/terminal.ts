/** A command at a person's terminal: a pseudo-terminal that util-linux's `script` makes. */

import { spawnSync } from "node:child_process";
import { commandOf } from "./commands.js";
import { Spawned } from "./spawned.js";

/** Why there is no terminal here, for a test's `skip`; `false` where there is one. */
export const noTerminal: string | false =
	spawnSync("script", ["-qec", "true", "/dev/null"]).status !== 0 &&
	"there is no `script` of util-linux here, which makes a terminal";

/** What the command is followed by: its exit code, and the terminal's settings. */
const endPattern = /code (\d+) ([\w:]+)\r\n$/;

export interface Session {
	/** What the terminal has shown. */
	readonly shown: string;
	readonly code: number;
	/** Whether the terminal's settings are what they were before. */
	readonly isRestored: boolean;
}

/** What is done once the terminal has shown a pattern: a text is typed. */
export type Step = readonly [shown: RegExp, act: string | (() => string | Promise<string>)];

/** A person at a command, step by step. */
export async function atTerminal(
	folder: string,
	words: readonly string[],
	steps: readonly Step[],
): Promise<Session> {
	const quoted = commandOf(words).map((word) => "'" + word.replaceAll("'", "'\\''") + "'");
	// The shell itself outlives Ctrl-C, so that it can say how the command ended.
	const script = 'trap : INT; echo "begin $(stty -g)"; ' + quoted.join(" ") + "; ";
	const command = script + 'echo "code $? $(stty -g)"';
	const program = ["script", "-qefc", command, "/dev/null"];
	const session = new Spawned({ command: program, folder, input: { pipe: "", isKept: true } });
	for (const [pattern, act] of steps) {
		await session.until(pattern);
		session.write(typeof act === "string" ? act : await act());
	}
	const { out } = await session.ended;
	const [, before] = /^begin ([\w:]+)\r\n/.exec(out) ?? [];
	const [, code, after] = endPattern.exec(out) ?? [];
	if (before === undefined || code === undefined) throw new Error("it did not end: " + out);
	return { shown: out, code: Number(code), isRestored: before === after };
}

/** A command as a process of its own: what it is given, what it says, and that it ends. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What stands at standard input. A pipe is closed behind its text unless it is kept open. */
export type Input =
	| "nothing"
	| "closed"
	| { readonly file: string }
	| { readonly pipe: string; readonly isKept?: boolean };

/** Where standard output leads: a pipe, one whose reader has gone, a full disk, or nowhere. */
export type Output = "pipe" | "gone" | "full" | "closed";

export interface Start {
	/** The program and its parameters. */
	readonly command: readonly string[];
	readonly folder: string;
	readonly input?: Input | undefined;
	readonly output?: Output | undefined;
	readonly environment?: { readonly [name: string]: string } | undefined;
	/** A command that hasn't ended by then is killed, and has no exit code. */
	readonly limitMilliseconds?: number | undefined;
}

export interface Ended {
	/** `undefined` when the process was killed. */
	readonly code: number | undefined;
	readonly signal: NodeJS.Signals | undefined;
	readonly out: string;
	readonly error: string;
}

/** For what hangs: a slow and busy machine needs a fifth of it for the slowest. */
const limitMillisecondsDefault = 300_000;

/** What the shell closes before it becomes the command. */
const closings = { input: " <&-", output: " >&-" };

export class Spawned {
	readonly child: ChildProcess;
	readonly ended: Promise<Ended>;
	#said = "";
	#listeners = new Set<() => void>();

	constructor(start: Start) {
		const { command, folder, environment, input = "nothing", output = "pipe" } = start;
		const closed =
			(input === "closed" ? closings.input : "") + (output === "closed" ? closings.output : "");
		const [program = "", ...parameters] =
			closed === "" ? command : ["/bin/sh", "-c", 'exec "$@"' + closed, "sh", ...command];
		const stdin = inputOf(input, folder);
		const stdout = output === "full" ? openSync("/dev/full", "w") : "pipe";
		this.child = spawn(program, parameters, {
			cwd: folder,
			env: { ...cleanEnvironment(), ...environment },
			stdio: [stdin, stdout, "pipe"],
		});
		for (const descriptor of [stdin, stdout]) {
			if (typeof descriptor === "number") closeSync(descriptor);
		}
		if (typeof input === "object" && "pipe" in input) {
			this.child.stdin?.on("error", () => undefined); // It may end before it has read all.
			this.child.stdin?.write(input.pipe);
			if (input.isKept !== true) this.child.stdin?.end();
		}
		if (output === "gone") this.child.stdout?.destroy();
		this.ended = this.#end(start.limitMilliseconds ?? limitMillisecondsDefault);
	}

	/** Resolves with all it has said once that matches; rejects if it ends before. */
	async until(pattern: RegExp): Promise<string> {
		const matched = new Promise<string>((resolve) => {
			const look = (): void => {
				if (!pattern.test(this.#said)) return;
				this.#listeners.delete(look);
				resolve(this.#said);
			};
			this.#listeners.add(look);
			look();
		});
		const failed = this.ended.then(({ code, signal }) => {
			throw new Error(`it ended with ${code ?? signal} before ${pattern}: ${this.#said}`);
		});
		failed.catch(() => undefined);
		return Promise.race([matched, failed]);
	}

	write(text: string): void {
		this.child.stdin?.write(text);
	}

	async #end(limitMilliseconds: number): Promise<Ended> {
		const texts = { out: "", error: "" };
		const listen = (name: "out" | "error") => (bytes: Buffer) => {
			texts[name] += bytes.toString();
			this.#said += bytes.toString();
			this.#listeners.forEach((look) => look());
		};
		this.child.stdout?.on("data", listen("out"));
		this.child.stderr?.on("data", listen("error"));
		const timer = setTimeout(() => this.child.kill("SIGKILL"), limitMilliseconds);
		const [code, signal] = await once(this.child, "close");
		clearTimeout(timer);
		return { code: code ?? undefined, signal: signal ?? undefined, ...texts };
	}
}

/** Runs a command to its end. */
export function ended(start: Start): Promise<Ended> {
	return new Spawned(start).ended;
}

function inputOf(input: Input, folder: string): number | "ignore" | "pipe" {
	if (typeof input === "string") return "ignore";
	if ("pipe" in input) return "pipe";
	const path = join(folder, "standard-input");
	writeFileSync(path, input.file);
	return openSync(path, "r");
}

/** As in a person's shell: npm, which may run the tests, has put its own into this process's. */
function cleanEnvironment(): NodeJS.ProcessEnv {
	const isOurs = ([name]: [string, unknown]): boolean => !/^(npm|OPENDMS|NODE_TEST)_/i.test(name);
	return Object.fromEntries(Object.entries(process.env).filter(isOurs));
}

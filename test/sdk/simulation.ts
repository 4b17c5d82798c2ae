/** Moddable's simulator at a test's console. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { Missing, findSdk, type Sdk } from "../../hosts/moddable/tools/sdk.js";
import type { Simulator } from "../../hosts/moddable/tools/simulator.js";

/** The SDK, or the sentence that says why there is none. */
export function sdkOrReason(): Sdk | string {
	try {
		return findSdk();
	} catch (error) {
		if (error instanceof Missing) return error.message;
		throw error;
	}
}

/** Whoever waits for so long waits for what never comes. */
const limitMilliseconds = 60_000;

const prompt = "\n> ";

export class Simulation {
	readonly #child: ChildProcess;
	/** All that the console has said. */
	transcript = "";
	/** What the program has traced, in lines; an instrumented one, its meters once a second. */
	readonly traces: string[] = [];
	#heard = Buffer.alloc(0);
	#read = 0;
	#onOutput: () => void = () => undefined;

	/** Runs until the test ends, with its state in `folder`. */
	constructor(
		context: Pick<TestContext, "after">,
		{ program, parameters }: Simulator,
		folder: string,
	) {
		this.#child = spawn(program, [...parameters, folder], { stdio: ["pipe", "pipe", "pipe"] });
		this.#child.stdout?.on("data", (bytes: Buffer) => {
			this.#heard = Buffer.concat([this.#heard, bytes]);
			this.transcript += bytes.toString("latin1").replaceAll("\r", "");
			this.#onOutput();
		});
		if (this.#child.stderr) {
			createInterface(this.#child.stderr).on("line", (line) => this.traces.push(line));
		}
		this.#child.once("exit", () => this.#onOutput());
		context.after(() => this.#child.kill("SIGKILL"));
	}

	get isRunning(): boolean {
		return this.#child.exitCode === null && this.#child.signalCode === null;
	}

	/** What the console says up to and with `text`, from where the last one ended. */
	async until(text: string): Promise<string> {
		const limit = setTimeout(() => this.#child.kill("SIGKILL"), limitMilliseconds);
		try {
			for (;;) {
				const at = this.transcript.indexOf(text, this.#read);
				if (at >= 0) {
					const said = this.transcript.slice(this.#read, at + text.length);
					this.#read = at + text.length;
					return said;
				}
				if (!this.isRunning)
					throw new Error("the simulator ended:\n" + this.transcript + this.traces.join("\n"));
				await new Promise<void>((resolve) => (this.#onOutput = resolve));
			}
		} finally {
			clearTimeout(limit);
		}
	}

	/** The first prompt of a boot. */
	async ready(): Promise<void> {
		await this.until("[Ready]" + prompt);
	}

	/** Types a line; resolves with the answer, without echo and prompt. */
	async type(line: string): Promise<string> {
		this.#child.stdin?.write(line + "\r\n");
		await this.until("\n"); // The echo, which shows no secrets.
		const answer = await this.until(prompt);
		return answer.slice(0, -prompt.length);
	}

	/** Has the program restart, and waits until it has. */
	async reboot(): Promise<void> {
		this.#child.stdin?.write("reboot\r\n");
		await this.ready();
	}

	/** Sends bytes as they are. */
	input(bytes: Uint8Array): void {
		this.#child.stdin?.write(bytes);
	}

	/** The first bytes that the console has sent, in hexadecimal, once there are so many. */
	async heard(byteLength: number): Promise<string> {
		while (this.#heard.length < byteLength) {
			await new Promise<void>((resolve) => (this.#onOutput = resolve));
		}
		return this.#heard.subarray(0, byteLength).toString("hex");
	}

	/** Rejects when the simulator ends. */
	async ended(): Promise<never> {
		await once(this.#child, "exit");
		throw new Error("the simulator ended:\n" + this.transcript + this.traces.join("\n"));
	}

	async end(): Promise<void> {
		if (!this.isRunning) return;
		this.#child.kill("SIGTERM");
		await once(this.#child, "exit");
	}
}

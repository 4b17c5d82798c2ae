/** A service of our own on this machine, run by its command line tool as anybody would run it. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { toolScript } from "./tool-script.js";

const tool = toolScript("opendms");

export class LocalService {
	/** Where devices reach it. */
	readonly address: string;
	/** Where people reach its page: at first with the link by which one sets a password. */
	readonly page: string;
	/** Rejects when its process ends and nobody has stopped it. */
	readonly lost: Promise<never>;
	readonly #data: string;
	readonly #child: ChildProcess;
	#isStopped = false;

	private constructor(address: string, page: string, data: string, child: ChildProcess) {
		this.address = address;
		this.page = page;
		this.#data = data;
		this.#child = child;
		this.lost = new Promise((_, reject) => {
			child.on("exit", (code, signal) => {
				const how = signal ?? "exit code " + code;
				if (!this.#isStopped) reject(new Error(`The service has ended by itself: ${how}.`));
			});
		});
		this.lost.catch(() => undefined); // Who doesn't wait for it needn't know.
	}

	/** Starts it, with its data in the folder `data`; `onLog` hears its log. */
	static async start(
		data: string,
		port: number,
		onLog: (line: string) => void,
	): Promise<LocalService> {
		const address = "localhost:" + port;
		const words = ["serve", "--address", address, "--listen", "127.0.0.1:" + port];
		const child = spawn(process.execPath, [tool, "--data", data, "--json", ...words], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		const log: string[] = [];
		createInterface(child.stderr).on("line", (line) => {
			log.push(line);
			onLog(line);
		});
		let ready = "";
		const lines = createInterface(child.stdout).once("line", (line) => (ready = line));
		await Promise.race([once(lines, "line"), once(child, "exit")]);
		if (child.exitCode !== null || child.signalCode !== null) {
			throw new Error(sentenceOf(log.join("\n")));
		}
		const said: unknown = JSON.parse(ready);
		const page = textIn(said, "invite") ?? textIn(said, "page") ?? "";
		return new LocalService(address, page, data, child);
	}

	/** Runs a command of `opendms` on the same data; resolves with its answer. */
	async run(...words: string[]): Promise<unknown> {
		try {
			const parameters = [tool, "--data", this.#data, "--json", ...words];
			const { stdout } = await promisify(execFile)(process.execPath, parameters);
			return JSON.parse(stdout);
		} catch (error) {
			throw new Error(sentenceOf(textIn(error, "stderr") ?? String(error)));
		}
	}

	async stop(): Promise<void> {
		this.#isStopped = true;
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const exit = once(this.#child, "exit");
		this.#child.kill("SIGTERM");
		await exit;
	}
}

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	if (typeof address !== "object" || address === null) throw new Error("no free port");
	return address.port;
}

/** A text among the properties of an answer. */
export function textIn(value: unknown, name: string): string | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const property: unknown = Reflect.get(value, name);
	return typeof property === "string" ? property : undefined;
}

/** What the tool says of its failure. */
function sentenceOf(text: string): string {
	try {
		const { error }: { error?: unknown } = JSON.parse(text);
		return textIn(error, "message") ?? text;
	} catch {
		return text;
	}
}

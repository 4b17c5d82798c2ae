/** The command `opendms` on a data folder of its own: in this process, or in one of its own. */

import { type ChildProcess, spawn as startProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { sql } from "kysely";
import { isServiceIn, type Place } from "../../hosts/dms/cli/place.js";
import { createProgram, run } from "../../hosts/dms/cli/program.js";
import type { Terminal } from "../../hosts/dms/cli/terminal.js";
import { openService } from "../../hosts/dms/service.js";
import { databaseFile, openDatabase } from "../../hosts/dms/storage/database.js";
import type { PostgresUrl } from "../../hosts/dms/storage/postgres.js";
import { isOnPostgres, newDatabase } from "./engine.js";
import { toolScript } from "../../example/tool-script.js";

export interface Result {
	readonly code: number;
	readonly out: string;
	readonly error: string;
}

export interface Serving {
	/** What `serve` printed when it was ready. */
	readonly line: string;
	/** What it has printed on standard error so far. */
	readonly error: string;
	/** Stops it with this signal. The result has everything it printed. */
	stop(signal?: NodeJS.Signals): Promise<Result>;
}

export interface Tool {
	/** From now on its processes are `seconds` ahead of the machine's clock, or behind it. */
	shiftClock(seconds: number): void;
	/** A folder for the test; the data folder is in it, unless tests run on PostgreSQL. */
	readonly folder: string;
	readonly data: string;
	/** Where its service is, for `openService`. */
	place(): Promise<Place>;
	/** Runs statements on its database, of whichever engine. */
	ask(statements: string): Promise<void>;
	/** A process of its own, killed when the test ends; `node` is what is told to Node.js. */
	start(words: readonly string[], node?: readonly string[]): Promise<ChildProcess>;
	/** The service's CA, in PEM. */
	authority(): Promise<string>;
	/** In this process, which is quicker. */
	run(...words: string[]): Promise<Result>;
	/** In a process of its own. */
	spawn(...words: string[]): Promise<Result>;
	/** Runs with `--json`, insists on success, and reads the answer. */
	json(...words: string[]): Promise<{ [name: string]: unknown }>;
	serve(...words: string[]): Promise<Serving>;
}

/** A command that should have ended, and serves instead, fails its test and doesn't hang it. */
const endMilliseconds = 120_000;
const main = toolScript("opendms");

/** `database` is where its service is, where that is to be on PostgreSQL whatever tests run on. */
export function createTool(context: TestContext, database?: PostgresUrl): Tool {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	const data = join(folder, "dms");
	const children = new Set<ChildProcess>();
	context.after(() => {
		children.forEach((child) => child.kill("SIGKILL"));
		rmSync(folder, { recursive: true });
	});
	let clock: readonly string[] = [];
	let placed = database && Promise.resolve<Place>({ database });
	const place = (): Promise<Place> => {
		placed ??= isOnPostgres
			? newDatabase("empty").then((database) => ({ database }))
			: Promise.resolve({ data });
		return placed;
	};
	const environment = async (): Promise<{ [name: string]: string }> => {
		const where = await place();
		return "database" in where
			? { OPENDMS_DATA: data, OPENDMS_DATABASE: where.database }
			: { OPENDMS_DATA: data };
	};
	const start = async (words: readonly string[], node: readonly string[] = []) => {
		const all = [...node, ...clock, main, ...words];
		const env = { ...process.env, ...(await environment()) };
		const child = startProcess(process.execPath, all, { cwd: folder, env });
		children.add(child);
		child.once("close", () => children.delete(child));
		return child;
	};
	let made: Promise<void> | undefined;
	/** Few commands make a service: what others need is made before the first of them. */
	const serviceFor = async ([command = ""]: readonly string[]): Promise<void> => {
		if (["serve", "restore", "--data"].includes(command)) return;
		const where = await place();
		made ??= isServiceIn(where).then(async (isThere) => {
			// A folder that is there and has no service is what the test is about.
			if (!isThere && !existsSync(data)) await (await openService(where)).close();
		});
		await made;
	};
	const spawn = async (...words: string[]) => {
		await serviceFor(words);
		const child = await start(words);
		const timer = setTimeout(() => child.kill("SIGKILL"), endMilliseconds);
		return resultOf(child).finally(() => clearTimeout(timer));
	};
	const json: Tool["json"] = async (...words) => {
		await serviceFor(words);
		const { code, out, error } = await runHere(["--json", ...words], await environment());
		if (code !== 0) throw new Error(words.join(" ") + ": " + error);
		const value: unknown = JSON.parse(out);
		return { value, ...(typeof value === "object" ? value : {}) };
	};
	return {
		shiftClock(seconds) {
			const text = clockModule(seconds * 1000);
			clock = seconds === 0 ? [] : ["--import", "data:text/javascript," + encodeURIComponent(text)];
		},
		folder,
		data,
		async run(...words) {
			await serviceFor(words);
			return runHere(words, await environment());
		},
		spawn,
		json,
		place,
		start,
		async ask(statements) {
			const where = await place();
			const location = "data" in where ? join(where.data, databaseFile) : where.database;
			const database = await openDatabase(location);
			await sql.raw(statements).execute(database);
			await database.destroy();
		},
		authority: async () => String((await json("cert", "show")).pem),
		async serve(...words) {
			const child = await start(["serve", ...words]);
			const chunks = { out: "", error: "" };
			const result = resultOf(child, chunks);
			const line = await firstLine(child, result);
			return {
				line,
				get error() {
					return chunks.error;
				},
				stop(signal = "SIGTERM") {
					child.kill(signal);
					return result;
				},
			};
		},
	};
}

/** What makes a process live at another time, as a machine whose clock is wrong does. */
function clockModule(milliseconds: number): string {
	return `const Real = Date;
		globalThis.Date = class extends Real {
			constructor(...parts) { parts.length === 0 ? super(Date.now()) : super(...parts); }
			static now() { return Real.now() + ${milliseconds}; }
		};`;
}

export async function runHere(
	words: readonly string[],
	environment: Terminal["environment"],
): Promise<Result> {
	const result = { out: "", error: "" };
	const code = await run(words, { ...silent(result), environment });
	return { code, ...result };
}

function silent(result: { out: string; error: string }): Terminal {
	return {
		print: (line) => (result.out += line + "\n"),
		write: async (text) => {
			result.out += text;
			return true;
		},
		progress: () => undefined,
		printError: (line) => (result.error += line + "\n"),
		log: (line) => (result.error += line + "\n"),
		environment: {},
		lines: () => undefined,
		ask: async () => undefined,
		join: () => Promise.resolve("escape"),
		stopped: () => new Promise(() => undefined),
	};
}

async function resultOf(child: ChildProcess, chunks = { out: "", error: "" }): Promise<Result> {
	child.stdout?.on("data", (chunk) => (chunks.out += chunk));
	child.stderr?.on("data", (chunk) => (chunks.error += chunk));
	const [code] = await once(child, "close");
	return { code: typeof code === "number" ? code : -1, ...chunks };
}

async function firstLine(child: ChildProcess, result: Promise<Result>): Promise<string> {
	if (child.stdout === null) throw new Error("no standard output");
	const lines = createInterface({ input: child.stdout });
	const line = new Promise<string>((resolve) => lines.once("line", resolve));
	const failure = result.then(({ error }) => Promise.reject(new Error("serve ended: " + error)));
	failure.catch(() => {});
	return Promise.race([line, failure]);
}

/** The words of each command that does something, such as `user`, `add`. */
export function commandPaths(command = createProgram(silent({ out: "", error: "" }))): string[][] {
	if (command.commands.length === 0) return [[]];
	return command.commands.flatMap((one) => commandPaths(one).map((path) => [one.name(), ...path]));
}

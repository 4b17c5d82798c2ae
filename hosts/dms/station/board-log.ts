/**
 * What has happened to each board on the line: a file of JSON lines for each, by its MAC address.
 * It is what figures are made of, and says whether a board was flashed. No secret is in it.
 */

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { OperatorError } from "../operator-error.js";

export const steps = [
	...(["look", "flash", "start", "setup", "tokens"] as const),
	...(["provision", "claim", "label", "finish"] as const),
] as const;

export type Step = (typeof steps)[number];

const entry = z.object({
	/** Of the machine, ISO 8601. */
	time: z.string(),
	batch: z.string(),
	port: z.string(),
	/** What was done, or how the whole of it has ended. */
	step: z.enum(steps).optional(),
	result: z.enum(["made", "made before", "failed"]).optional(),
	milliseconds: z.number(),
	/** Why it has failed. */
	error: z.string().optional(),
	/** The device that the board is now. */
	uuid: z.string().optional(),
	/** With which it was flashed. */
	command: z.string().optional(),
});

export type LogEntry = z.output<typeof entry>;
type Details = Pick<LogEntry, "error" | "uuid" | "command">;

const ending = ".jsonl";

/** One go at one board. Entries are kept until it is known which board it is. */
export class BoardLog {
	readonly #folder: string;
	readonly #place: { readonly batch: string; readonly port: string };
	readonly #start = performance.now();
	#pending: LogEntry[] = [];
	#hardware: string | undefined;

	constructor(folder: string, place: { readonly batch: string; readonly port: string }) {
		this.#folder = folder;
		this.#place = place;
	}

	get hardware(): string | undefined {
		return this.#hardware;
	}

	/** From now on it is known: `hardware` are the 12 hexadecimal digits of its MAC address. */
	name(hardware: string): void {
		this.#hardware = hardware;
		this.#write();
	}

	/** Does a step, and writes how long it took and whether it has failed. */
	async step<T>(step: Step, work: () => Promise<T>, details: Details = {}): Promise<T> {
		const start = performance.now();
		const add = (more: Details): void =>
			this.#add({ step, milliseconds: since(start), ...details, ...more });
		try {
			const result = await work();
			add({});
			return result;
		} catch (error) {
			add({ error: error instanceof Error ? error.message : String(error) });
			throw error;
		}
	}

	end(result: NonNullable<LogEntry["result"]>, details: Details): number {
		const milliseconds = since(this.#start);
		this.#add({ result, milliseconds, ...details });
		this.#write();
		return milliseconds;
	}

	#add(entry: Omit<LogEntry, "time" | "batch" | "port">): void {
		this.#pending.push({ time: new Date().toISOString(), ...this.#place, ...entry });
		if (this.#hardware !== undefined) this.#write();
	}

	#write(): void {
		const text = this.#pending.map((one) => JSON.stringify(one) + "\n").join("");
		this.#pending = [];
		if (text === "") return;
		mkdirSync(this.#folder, { recursive: true });
		// Which board it was, one that has ended so will never say.
		const name = this.#hardware ?? "port-" + this.#place.port.replace(/[^A-Za-z0-9]+/g, "-");
		appendFileSync(join(this.#folder, name + ending), text);
	}
}

/** What is known of a board; a line that a cut has torn is left out. */
export function readBoardLog(folder: string, hardware: string): LogEntry[] {
	const path = join(folder, hardware + ending);
	if (!existsSync(path)) return [];
	return readFileSync(path, "utf8").split("\n").flatMap(entryIn);
}

/** All boards that are known, by MAC address; those that never said theirs by their port. */
export function readBoardLogs(folder: string): Map<string, LogEntry[]> {
	if (!existsSync(folder)) {
		const message = `There is no folder ${folder}. A station writes it when it makes boards: `;
		const command = "opendms station run <batch> --port <port> --log <folder>";
		throw new OperatorError("usage", message + command);
	}
	const names = readdirSync(folder).filter((name) => name.endsWith(ending));
	const boards = names.sort().map((name) => name.slice(0, -ending.length));
	return new Map(boards.map((board) => [board, readBoardLog(folder, board)]));
}

function entryIn(line: string): LogEntry[] {
	try {
		const { success, data } = entry.safeParse(JSON.parse(line));
		return success ? [data] : [];
	} catch {
		return [];
	}
}

function since(start: number): number {
	return Math.round(performance.now() - start);
}

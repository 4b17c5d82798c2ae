/** Lists of any length: read, formatted and written by pages, as fast as the reader takes them. */

import type { Command } from "commander";
import { jsonText } from "../json.js";
import type { Administration } from "../service.js";
import { globalOptionsOf } from "./place.js";
import { withService } from "./report.js";
import type { Terminal } from "./terminal.js";
import { lineOf, widthsOf } from "./text.js";

export interface Listing<Row> {
	readonly pages: AsyncIterable<readonly Row[]>;
	/** The heads of a table's columns, and what is in them. */
	readonly head: readonly string[];
	cellsOf(row: Row): string[];
	/** Default: the row itself. */
	jsonOf?(row: Row): unknown;
	/** Given where it is wanted in place of a table: lines for spreadsheets. */
	readonly csv?: { readonly head: string; lineOf(row: Row): string } | undefined;
}

/** Prints what `open` finds: an array of JSON, or a table. Ends early when nobody reads it. */
export async function printList<Row>(
	command: Command,
	terminal: Terminal,
	open: (service: Administration) => Listing<Row> | Promise<Listing<Row>>,
): Promise<void> {
	const { json = false } = globalOptionsOf(command);
	await withService(command, terminal, async (service) => {
		const listing = await open(service);
		const shown = listing.csv === undefined ? tableOf(listing) : csvOf(listing.csv, listing.pages);
		await writeAll(terminal, json ? jsonOf(listing) : shown);
	});
}

/** Writes piece by piece; returns whether the reader has taken all. */
export async function writeAll(
	terminal: Terminal,
	pieces: AsyncIterable<string>,
): Promise<boolean> {
	for await (const piece of pieces) {
		if (!(await terminal.write(piece))) return false;
	}
	return true;
}

async function* jsonOf<Row>({ pages, jsonOf: valueOf }: Listing<Row>): AsyncGenerator<string> {
	let before = "[";
	for await (const page of pages) {
		yield before + page.map((row) => jsonText(valueOf ? valueOf(row) : row)).join(",");
		before = ",";
	}
	yield before === "[" ? "[]\n" : "]\n";
}

async function* csvOf<Row>(
	{ head, lineOf: line }: NonNullable<Listing<Row>["csv"]>,
	pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
	yield head;
	for await (const page of pages) yield page.map(line).join("");
}

/** Columns are as wide as so many rows need them: what comes later may be wider. */
const measuredRows = 100;

async function* tableOf<Row>({ pages, head, cellsOf }: Listing<Row>): AsyncGenerator<string> {
	let waiting: string[][] = [];
	let widths: readonly number[] | undefined;
	const take = (): string => {
		const isFirst = widths === undefined;
		const known = (widths ??= widthsOf([head, ...waiting.slice(0, measuredRows)]));
		const lines = isFirst ? [head, ...waiting] : waiting;
		waiting = [];
		return lines.map((line) => lineOf(line, known) + "\n").join("");
	};
	for await (const page of pages) {
		waiting.push(...page.map(cellsOf));
		if (widths !== undefined || waiting.length >= measuredRows) yield take();
	}
	if (waiting.length > 0) yield take();
	else if (widths === undefined) yield "None.\n";
}

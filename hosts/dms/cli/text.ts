/** How values look to a person: tables, times and durations. */

import { InvalidArgumentError } from "commander";
import { printable } from "../printable.js";

export { timeText } from "../json.js";
export { printable };

/** Columns as wide as their widest entry, two spaces between them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	if (rows.length === 0) return "None.";
	const lines = [head, ...rows];
	const widths = widthsOf(lines);
	return lines.map((line) => lineOf(line, widths)).join("\n");
}

/** How wide each column of these lines is. */
export function widthsOf(lines: readonly (readonly string[])[]): number[] {
	const [head = []] = lines;
	// Not `Math.max` of them all: a function takes some 100,000 arguments and no more.
	return head.map((_, column) =>
		lines.reduce((width, line) => Math.max(width, printable(line[column] ?? "").length), 0),
	);
}

/** A line of a table with columns of these widths. */
export function lineOf(line: readonly string[], widths: readonly number[]): string {
	const cells = line.map((entry, column) => printable(entry).padEnd(widths[column] ?? 0));
	return cells.join("  ").trimEnd();
}

/** Names and values, one a line. */
export function facts(values: { readonly [name: string]: string }): string {
	const width = Math.max(...Object.keys(values).map((name) => name.length));
	const lines = Object.entries(values).map(
		([name, value]) => name.padEnd(width) + "  " + printable(value),
	);
	return lines.join("\n");
}

export function yesNo(value: boolean): string {
	return value ? "yes" : "no";
}

const unitSeconds: { readonly [unit: string]: number } = Object.freeze({
	s: 1,
	m: 60,
	h: 3_600,
	d: 86_400,
});

/** Seconds of a duration such as 90s, 45m, 12h or 30d. */
export function parseDuration(text: string): number {
	const [, count, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
	const seconds = Number(count) * (unitSeconds[unit] ?? NaN);
	if (Number.isSafeInteger(seconds)) return seconds;
	throw new InvalidArgumentError("Write a number and s, m, h or d, such as 30d.");
}

/** What the audit log numbers its entries with. */
export function parseId(text: string): number {
	if (/^\d{1,15}$/.test(text)) return Number(text);
	throw new InvalidArgumentError("Write the number of an entry, as --json shows it.");
}

export function parseCount(text: string): number {
	if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
	throw new InvalidArgumentError("Write a whole number from 1 on.");
}

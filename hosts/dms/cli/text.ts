/** How values look to a person: tables, times and durations. */

import { InvalidArgumentError } from "commander";

/** Columns as wide as their widest entry, two spaces between them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	if (rows.length === 0) return "None.";
	const lines = [head, ...rows].map((line) => line.map(printable));
	// Not `Math.max` of them all: a function takes some 100,000 arguments and no more.
	const widths = head.map((_, column) =>
		lines.reduce((width, line) => Math.max(width, widthOf(line[column])), 0),
	);
	return lines
		.map((line) => line.map((entry, column) => entry.padEnd(widths[column] ?? 0)).join("  "))
		.map((line) => line.trimEnd())
		.join("\n");
}

/** Names and values, one a line. */
export function facts(values: { readonly [name: string]: string }): string {
	const width = Math.max(...Object.keys(values).map(widthOf));
	const lines = Object.entries(values).map(
		([name, value]) => name.padEnd(width) + "  " + printable(value),
	);
	return lines.join("\n");
}

/** A text without characters that move a terminal's cursor, turn its letters or end its line. */
export function printable(text: string): string {
	return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}

/** Seconds since 1970 as a date and time in UTC. */
export function timeText(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, -5) + "Z";
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

export function parseCount(text: string): number {
	if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
	throw new InvalidArgumentError("Write a whole number from 1 on.");
}

function widthOf(text = ""): number {
	return text.length;
}

/** Figures of a line, from the logs of its boards: time for each step, totals, and yield. */

import { type LogEntry, type Step, steps } from "./board-log.js";

export interface BoardFigures {
	/** Its MAC address, or the port of one that has never said it. */
	readonly board: string;
	readonly result: NonNullable<LogEntry["result"]> | "underway";
	readonly uuid: string | null;
	/** How often the line has begun with it. */
	readonly tries: number;
	/** Of all tries together. */
	readonly milliseconds: number;
	/** Of each step, all tries together. */
	readonly steps: { readonly [step in Step]?: number };
	/** Why its last try has failed. */
	readonly error: string | null;
}

export interface LineFigures {
	readonly boards: readonly BoardFigures[];
	readonly made: number;
	readonly failed: number;
	/** How many of a hundred boards were made, and how many of them at the first try. */
	readonly yieldPercent: number;
	readonly firstTryPercent: number;
	/** Of boards that were made, for each step and in total. */
	readonly medianMilliseconds: { readonly [step in Step | "total"]?: number };
	readonly maximumMilliseconds: { readonly [step in Step | "total"]?: number };
}

export function figuresOf(logs: ReadonlyMap<string, readonly LogEntry[]>): LineFigures {
	const boards = [...logs].map(([board, entries]) => boardFigures(board, entries));
	const made = boards.filter(({ uuid }) => uuid !== null);
	const failed = boards.filter(({ result, uuid }) => result === "failed" && uuid === null);
	const ended = made.length + failed.length;
	const atOnce = made.filter(({ tries }) => tries === 1).length;
	return {
		boards,
		made: made.length,
		failed: failed.length,
		yieldPercent: percentOf(made.length, ended),
		firstTryPercent: percentOf(atOnce, ended),
		medianMilliseconds: statisticOf(made, 0.5),
		maximumMilliseconds: statisticOf(made, 1),
	};
}

/** What came after it was made, another look at it, counts for nothing. */
function boardFigures(board: string, all: readonly LogEntry[]): BoardFigures {
	const last = all.findIndex(({ result }) => result === "made");
	const entries = last < 0 ? all : all.slice(0, last + 1);
	const ends = entries.filter(({ result }) => result !== undefined);
	const end = ends.at(-1);
	const sums: { [step in Step]?: number } = {};
	for (const { step, milliseconds } of entries) {
		if (step !== undefined) sums[step] = (sums[step] ?? 0) + milliseconds;
	}
	return {
		board,
		result: end?.result ?? "underway",
		uuid: end?.uuid ?? null,
		tries: ends.length,
		milliseconds: ends.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
		steps: sums,
		error: end?.error ?? null,
	};
}

function percentOf(part: number, whole: number): number {
	return whole === 0 ? 100 : Math.round((1000 * part) / whole) / 10;
}

/** For each step the value below which this share of the boards is. */
function statisticOf(boards: readonly BoardFigures[], share: number) {
	const values: { [step in Step | "total"]?: number } = {};
	const columns = [
		...steps.map((step) => [step, boards.map((board) => board.steps[step])] as const),
		["total", boards.map(({ milliseconds }) => milliseconds)] as const,
	];
	for (const [name, column] of columns) {
		const sorted = column.flatMap((value) => value ?? []).sort((a, b) => a - b);
		const value = sorted[Math.ceil(share * sorted.length) - 1];
		if (value !== undefined) values[name] = value;
	}
	return values;
}

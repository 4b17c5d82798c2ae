/** The service's log: one entry a request, and one for whatever should not have happened. */

import type { Rule } from "./rules/refusals.js";

export type Log = (entry: LogEntry) => void;

export type LogEntry = RequestEntry | FaultEntry;

/** No query, body, token or key is ever in an entry; an unknown path isn't either. */
export interface RequestEntry {
	readonly kind: "request";
	readonly method: string;
	/** One of the protocol's paths, or `unknownPath`. */
	readonly path: string;
	readonly status: number;
	/** The rule that refused. */
	readonly rule?: Rule | undefined;
	/** The device's UUID, or the beginning of a key's name. */
	readonly who?: string | undefined;
	readonly milliseconds: number;
}

export interface FaultEntry {
	readonly kind: "fault";
	/** What was being done. */
	readonly during: string;
	readonly error: unknown;
}

/** What the log says instead of a path that isn't ours: somebody may have put a secret into it. */
export const unknownPath = "(unknown)";

/** An entry as a line of text. */
export function formatLogEntry(entry: LogEntry, now: number): string {
	const time = new Date(now).toISOString();
	if (entry.kind === "fault") {
		const { error } = entry;
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		return time + " fault during " + entry.during + ": " + text;
	}
	const { method, path, status, rule = "-", who = "-", milliseconds } = entry;
	return [time, method, path, status, rule, who, Math.round(milliseconds) + "ms"].join(" ");
}

/** An entry as a line of JSON, with the names of `LogEntry` and the time. */
export function jsonLogEntry(entry: LogEntry, now: number): string {
	const time = new Date(now).toISOString();
	if (entry.kind === "request") {
		return JSON.stringify({ time, ...entry, milliseconds: Math.round(entry.milliseconds) });
	}
	const { kind, during, error } = entry;
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return JSON.stringify({ time, kind, during, error: text });
}

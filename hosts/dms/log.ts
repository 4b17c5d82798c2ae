/** The service's log: one entry a request, and one for whatever should not have happened. */

import { databaseFailureOf } from "./storage/failures.js";

export type Log = (entry: LogEntry) => void;

export type LogEntry = RequestEntry | FaultEntry | RefusedEntry;

/** No query, body, token or key is ever in an entry; an unknown path isn't either. */
export interface RequestEntry {
	readonly kind: "request";
	readonly method: string;
	/** One of the protocol's or the API's paths, or `unknownPath`. */
	readonly path: string;
	readonly status: number;
	/** The rule that refused. */
	readonly rule?: string | undefined;
	/** The device's UUID, or the beginning of a key's name. */
	readonly who?: string | undefined;
	readonly milliseconds: number;
	/** The IP address of the client; with a proxy in front, the proxy's. */
	readonly client?: string | undefined;
	/** What tells this request from others in the log. */
	readonly id?: string | undefined;
}

export interface FaultEntry {
	readonly kind: "fault";
	/** What was being done. */
	readonly during: string;
	readonly error: unknown;
}

/** Connections that were closed at once, since the last such entry: one entry a second at most. */
export interface RefusedEntry {
	readonly kind: "refused";
	readonly connections: number;
	/** The limit that the last of them met. */
	readonly limit: "connections" | "connections of an address" | "waiting connections";
	readonly client?: string | undefined;
}

/** What the log says instead of a path that isn't ours: somebody may have put a secret into it. */
export const unknownPath = "(unknown)";

export const logFormats = Object.freeze(["text", "json"] as const);
export type LogFormat = (typeof logFormats)[number];

/** An entry as a line of text, or of JSON, with the process when there are some. */
export function formatLogEntry(
	entry: LogEntry,
	now: number,
	format: LogFormat = "text",
	worker?: number,
): string {
	const time = new Date(now).toISOString();
	if (format === "json") return JSON.stringify({ ...jsonOf(entry, time), worker });
	if (entry.kind === "fault") {
		return time + " fault during " + entry.during + ": " + faultText(entry.error);
	}
	if (entry.kind === "refused") {
		const { connections, limit, client = "-" } = entry;
		return time + " refused " + connections + " connections, too many " + limit + " " + client;
	}
	const { method, path, status, rule = "-", who = "-", milliseconds, client = "-" } = entry;
	const facts = [time, method, path, status, rule, who, Math.round(milliseconds) + "ms", client];
	return facts.join(" ");
}

function jsonOf(entry: LogEntry, time: string): object {
	if (entry.kind === "fault") {
		const { during, error } = entry;
		return { time, level: "error", kind: "fault", during, error: faultText(error) };
	}
	if (entry.kind === "refused") return { time, level: "warning", ...entry };
	const level = entry.status >= 500 ? "error" : entry.status >= 400 ? "warning" : "info";
	return { time, level, ...entry, milliseconds: Math.round(entry.milliseconds) };
}

/**
 * With its stack, which a person needs, on one line, which programs need. Where a disk is full, a
 * person needs to know just that, whatever it was that had no room.
 */
function faultText(error: unknown): string {
	const failure = databaseFailureOf(error);
	if (failure?.kind === "full") return failure.sentence;
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return text.replaceAll(/\s*\n\s*/g, " | ");
}

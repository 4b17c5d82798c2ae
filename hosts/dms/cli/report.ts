/** What a command has to say: for a program as one value, for a person as text. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { OperatorError } from "../operator-error.js";
import { openService, type Service } from "../service.js";
import { databaseFile } from "../storage/database.js";
import type { Terminal } from "./terminal.js";
import { timeText } from "./text.js";

export interface Report {
	/** Times are in it as the service has them, in seconds since 1970. */
	readonly json: unknown;
	readonly text: string;
}

/** The options that every command takes. */
export interface GlobalOptions {
	readonly data: string;
	readonly json?: boolean;
}

export function globalOptionsOf(command: Command): GlobalOptions {
	return command.optsWithGlobals<GlobalOptions>();
}

/** A person waits for a command, and rather for half a minute than to type it again. */
export const patienceMilliseconds = 30_000;

/**
 * Runs an operation on the data folder's service, whether another process serves it or not. None is
 * made where there is none: a folder's name that was mistyped would have an empty one.
 */
export async function report(
	command: Command,
	terminal: Terminal,
	operation: (service: Service) => Promise<Report>,
): Promise<void> {
	await withService(command, async (service) => {
		printReport(command, terminal, await operation(service));
	});
}

/** The same for what isn't said in one go. */
export async function withService(
	command: Command,
	work: (service: Service) => Promise<void>,
): Promise<void> {
	const { data } = globalOptionsOf(command);
	requireService(data);
	const service = await openService({ data, patienceMilliseconds });
	try {
		await work(service);
	} finally {
		await service.close();
	}
}

export function printReport(command: Command, terminal: Terminal, { json, text }: Report): void {
	terminal.print(globalOptionsOf(command).json ? jsonText(json) : text);
}

function requireService(data: string): void {
	if (existsSync(join(data, databaseFile))) return;
	throw new OperatorError(
		"service-unknown",
		"There is no service in " + data + ". Make one: opendms init, or name its folder: --data",
	);
}

/** One line, with times as ISO 8601 has them. */
export function jsonText(value: unknown): string {
	return JSON.stringify(value, (name, one: unknown) =>
		typeof one === "number" && isTime(name) ? timeText(one) : one,
	);
}

/** `time`, `addedAt` and so on: seconds since 1970. */
function isTime(name: string): boolean {
	return name === "time" || name === "expires" || name.endsWith("At");
}

/** What a command has to say: for a program as one value, for a person as text. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { OperatorError } from "../operator-error.js";
import { type Administration, openService, type Service } from "../service.js";
import { databaseFile } from "../storage/database.js";
import { jsonText } from "../json.js";
import type { Terminal } from "./terminal.js";

export interface Report {
	/** Times are in it as the service has them, in seconds since 1970. */
	readonly json: unknown;
	readonly text: string;
}

/** The options that every command takes. */
export interface GlobalOptions {
	readonly data: string;
	readonly json?: boolean;
	/** Where a service elsewhere has its API; without it, it is the data folder's. */
	readonly service?: string;
	/** A file with the API token. */
	readonly tokenFile?: string;
}

export function globalOptionsOf(command: Command): GlobalOptions {
	return command.optsWithGlobals<GlobalOptions>();
}

/** A person waits for a command, and rather for half a minute than to type it again. */
export const patienceMilliseconds = 30_000;

/** Runs an operation on the service that the options name, here or elsewhere. */
export async function report(
	command: Command,
	terminal: Terminal,
	operation: (service: Administration) => Promise<Report>,
): Promise<void> {
	await withService(command, terminal, async (service) => {
		printReport(command, terminal, await operation(service));
	});
}

/** The same for what needs the data folder itself. */
export async function reportHere(
	command: Command,
	terminal: Terminal,
	operation: (service: Service) => Promise<Report>,
): Promise<void> {
	const { data, service: url } = globalOptionsOf(command);
	if (url !== undefined) {
		const message = "That is done on the service's own machine, on its data folder.";
		throw new OperatorError("usage", message);
	}
	const service = await openHere(data);
	try {
		printReport(command, terminal, await operation(service));
	} finally {
		await service.close();
	}
}

/** The same for what isn't said in one go. */
export async function withService(
	command: Command,
	terminal: Terminal,
	work: (service: Administration) => Promise<void>,
): Promise<void> {
	const { data, service: url, tokenFile } = globalOptionsOf(command);
	const service =
		url === undefined
			? await openHere(data)
			: await openElsewhere(url, apiTokenOf(terminal, tokenFile));
	try {
		await work(service);
	} finally {
		await service.close();
	}
}

/**
 * The data folder's service, whether another process serves it or not. None is made where there is
 * none: a folder's name that was mistyped would have an empty one.
 */
async function openHere(data: string): Promise<Service> {
	requireService(data);
	return openService({ data, patienceMilliseconds });
}

/** What few commands need is loaded when they need it. */
async function openElsewhere(url: string, token: string): Promise<Administration> {
	const { openRemote } = await import("../api/client.js");
	return openRemote({ url, token });
}

/** From a file that nobody else reads, or the environment: what is typed, others can see. */
function apiTokenOf(terminal: Terminal, file: string | undefined): string {
	if (file === undefined) {
		const token = terminal.environment["OPENDMS_TOKEN"];
		if (token) return token;
		const message = "Say who you are: --token-file <file>, or OPENDMS_TOKEN in the environment.";
		throw new OperatorError("usage", message);
	}
	const isOpen = process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0;
	if (!isOpen) return readFileSync(file, "utf8").trim();
	throw new OperatorError(
		"usage",
		`Others can read ${file}. Keep it to yourself: chmod 600 ${file}`,
	);
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

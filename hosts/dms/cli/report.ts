/** What a command has to say: for a program as one value, for a person as text. */

import { readFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import { shellWord } from "../../command/shell-word.js";
import { isLoopback } from "../api/loopback.js";
import { jsonText } from "../json.js";
import { OperatorError } from "../operator-error.js";
import { type Administration, openService, type Service } from "../service.js";
import { globalOptionsOf, isServiceIn, type Place, placeName, placeOf } from "./place.js";
import type { Terminal } from "./terminal.js";

export interface Report {
	/** Times are in it as the service has them, in seconds since 1970. */
	readonly json: unknown;
	readonly text: string;
}

/** A person waits for a command, and rather for half a minute than to type it again. */
export const lockWaitMilliseconds = 30_000;

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
	await withServiceHere(command, async (service) => {
		printReport(command, terminal, await operation(service));
	});
}

/** The same for what prints something else, or nothing. */
export async function withServiceHere(
	command: Command,
	work: (service: Service) => Promise<void>,
): Promise<void> {
	if (globalOptionsOf(command).service !== undefined) {
		const message = "That is done on the service's own machine.";
		throw new OperatorError("usage", message);
	}
	const service = await openHere(placeOf(command));
	try {
		await work(service);
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
	const { service: url, tokenFile } = globalOptionsOf(command);
	const service =
		url === undefined
			? await openHere(placeOf(command))
			: await openElsewhere(requireUrl(url), terminal, tokenFile);
	try {
		await work(service);
	} finally {
		await service.close();
	}
}

/**
 * A service of this machine's, whether another process serves it or not. None is made where there
 * is none: a name that was mistyped would have an empty one.
 */
async function openHere(place: Place): Promise<Service> {
	await requireService(place);
	return openService({ ...place, lockWaitMilliseconds });
}

async function openElsewhere(
	url: URL,
	terminal: Terminal,
	tokenFile: string | undefined,
): Promise<Administration> {
	const token = apiTokenOf(terminal, tokenFile);
	// What few commands need is loaded when they need it.
	const { openRemote } = await import("../api/client.js");
	return openRemote({ url: url.origin, token });
}

function requireUrl(text: string): URL {
	const url =
		/^https?:\/\/[^/?#]+\/?$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined) {
		const message =
			"--service or OPENDMS_SERVICE names no service. Write scheme, host and port, such as " +
			"https://dms.example.com:8444";
		throw new OperatorError("usage", message);
	}
	if (url.protocol === "https:" || isLoopback(url.hostname)) return url;
	const advice = " Write https://" + url.host + ", or come from that machine itself.";
	throw new OperatorError("usage", "A token isn't sent through a network in the clear." + advice);
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
		`Others can read ${file}. Keep it to yourself: chmod 600 ${shellWord(file)}`,
	);
}

export function printReport(command: Command, terminal: Terminal, { json, text }: Report): void {
	terminal.print(globalOptionsOf(command).json ? jsonText(json) : text);
}

async function requireService(place: Place): Promise<void> {
	if (await isServiceIn(place)) return;
	const way = "data" in place ? "name its folder: --data" : "name its database: --database";
	const init = "opendms init --address dms.example.com:8443";
	const message = "There is no service in " + placeName(place) + ". Make one: " + init + ", or ";
	throw new OperatorError("service-unknown", message + way);
}

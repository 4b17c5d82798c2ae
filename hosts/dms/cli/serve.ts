/** `opendms serve`: answers devices until it is told to stop. */

import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseAddress } from "../../../src/protocol/token.js";
import { requireAddresses } from "../administration/addresses.js";
import type { Limits } from "../listener/limits.js";
import { type Listener, listen } from "../listener/listener.js";
import { formatLogEntry, type LogEntry, type LogFormat, logFormats } from "../log.js";
import { OperatorError } from "../operator-error.js";
import { openService, type Service } from "../service.js";
import { databaseFile } from "../storage/database.js";
import { globalOptionsOf } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseCount } from "./text.js";

interface Place {
	readonly host: string;
	readonly port: number;
}

interface ServeOptions {
	readonly address?: readonly string[];
	readonly listen?: Place;
	readonly acceptClock?: boolean;
	readonly connections?: number;
	readonly connectionsPerAddress?: number;
	readonly logFormat?: LogFormat;
}

/** Every interface of the machine. */
const hostDefault = "0.0.0.0";

export function addServeCommand(program: Command, terminal: Terminal): void {
	program
		.command("serve")
		.description("answer devices until stopped")
		.option(
			"--address <host:port...>",
			"where devices reach it; the first goes into tokens (required once, then remembered)",
		)
		.option("--listen <ip:port>", "where to listen (default: the address's port)", parsePlace)
		.addOption(
			new Option("--log-format <format>", "of the log, on standard error").choices(logFormats),
		)
		.option("--connections <count>", "open at a time (default: 4000)", parseCount)
		.option(
			"--connections-per-address <count>",
			"of one client, or of a proxy in front (default: 1000)",
			parseCount,
		)
		.option("--accept-clock", "serve although the machine's clock looks wrong")
		.action((options: ServeOptions, command: Command) => serve(options, command, terminal));
}

async function serve(options: ServeOptions, command: Command, terminal: Terminal): Promise<void> {
	const { data, json = false } = globalOptionsOf(command);
	const { logFormat = json ? "json" : "text" } = options;
	const log = (entry: LogEntry) => terminal.log(formatLogEntry(entry, Date.now(), logFormat));
	const { address: addresses, acceptClock: acceptsClock } = options;
	if (addresses === undefined) requireFounded(data);
	else requireAddresses(addresses);
	const service = await openService({ data, addresses, acceptsClock, log });
	const { problem } = service.certificates.show();
	if (problem !== undefined)
		terminal.printError(json ? problemText(problem) : "opendms: " + problem);
	try {
		const listener = await listenAt(service, options.listen ?? placeOf(service), limitsOf(options));
		// Whoever reads that it is ready may ask it to stop at once.
		const stopped = terminal.stopped();
		terminal.print(json ? JSON.stringify(ready(service, listener)) : readyText(service, listener));
		await stopped;
		await listener.close();
	} finally {
		await service.close();
	}
}

/** A service that is to be made has to know where devices will reach it. */
function requireFounded(data: string): void {
	if (existsSync(join(data, databaseFile))) return;
	const command = "opendms serve --address dms.example.com:8443";
	const message = "There is no service in " + data + ". Say where devices will reach a new one: ";
	throw new OperatorError("address", message + command);
}

function problemText(problem: string): string {
	return JSON.stringify({ time: new Date().toISOString(), kind: "problem", message: problem });
}

function ready(service: Service, listener: Listener): object {
	const { host, port } = listener;
	return { listening: { host, port }, address: service.addresses[0] ?? null };
}

function readyText(service: Service, listener: Listener): string {
	const { host, port } = listener;
	const shown = isIP(host) === 6 ? "[" + host + "]" : host;
	return "opendms serving " + service.addresses[0] + " on " + shown + ":" + port;
}

/** Without a place to listen at: everywhere, at the port that devices ask for. */
function placeOf(service: Service): Place {
	const address = parseAddress(service.addresses[0] ?? "");
	if (address !== undefined) return { host: hostDefault, port: address.port };
	throw new OperatorError(
		"address",
		"Say where devices reach the service: opendms serve --address dms.example.com:8443",
	);
}

function limitsOf({ connections, connectionsPerAddress }: ServeOptions): Partial<Limits> {
	return {
		...(connections !== undefined && { connectionsMaximum: connections }),
		...(connectionsPerAddress !== undefined && {
			addressConnectionsMaximum: connectionsPerAddress,
		}),
	};
}

async function listenAt(
	service: Service,
	place: Place,
	limits: Partial<Limits>,
): Promise<Listener> {
	try {
		return await listen(service, { ...place, limits });
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : undefined;
		const where = place.host + ":" + place.port;
		if (code === "EADDRINUSE") {
			const message = where + " is in use. Stop what uses it, or choose another: --listen";
			throw new OperatorError("usage", message);
		}
		if (code === "EACCES" || code === "EADDRNOTAVAIL") {
			const message = where + " can't be listened at. Choose another: --listen 0.0.0.0:8443";
			throw new OperatorError("usage", message);
		}
		throw error;
	}
}

/** `127.0.0.1:8443`, `[::1]:8443`; port 0 is any free one. */
function parsePlace(text: string): Place {
	const [, host = "", portText] = /^\[?([^\]]*?)\]?:(\d{1,5})$/.exec(text) ?? [];
	const port = Number(portText);
	if (isIP(host) !== 0 && port <= 0xffff) return { host, port };
	throw new InvalidArgumentError("Write an IP address and a port, such as 0.0.0.0:8443.");
}

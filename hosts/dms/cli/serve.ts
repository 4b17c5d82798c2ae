/** `opendms serve`: answers devices until it is told to stop. */

import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseAddress } from "../../../src/protocol/token.js";
import { requireAddresses } from "../administration/addresses.js";
import type { ApiListener } from "../api/api-listener.js";
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
	readonly api?: Place;
	readonly apiCertificate?: string;
	readonly apiKey?: string;
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
		.option("--api <ip:port>", "serve the API there too, such as 127.0.0.1:8444", parsePlace)
		.option("--api-certificate <file>", "PEM; needed where other machines reach the API")
		.option("--api-key <file>", "of that certificate, PEM")
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
		const api = await listenForApiAt(service, options);
		const listener = await listenAt(service, options.listen ?? placeOf(service), limitsOf(options));
		// Whoever reads that it is ready may ask it to stop at once.
		const stopped = terminal.stopped();
		terminal.print(
			json ? JSON.stringify(ready(service, listener, api)) : readyText(service, listener, api),
		);
		await stopped;
		await Promise.all([listener.close(), api?.close()]);
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

function ready(service: Service, { host, port }: Listener, api: ApiListener | undefined): object {
	const address = service.addresses[0] ?? null;
	return { listening: { host, port }, address, ...(api !== undefined && { api: api.url }) };
}

function readyText(service: Service, listener: Listener, api: ApiListener | undefined): string {
	const { host, port } = listener;
	const shown = isIP(host) === 6 ? "[" + host + "]" : host;
	const text = "opendms serving " + service.addresses[0] + " on " + shown + ":" + port;
	return api === undefined ? text : text + ", the API on " + api.url;
}

/** The API is served where it is asked for. */
async function listenForApiAt(
	service: Service,
	{ api: place, apiCertificate: certificate, apiKey: key }: ServeOptions,
): Promise<ApiListener | undefined> {
	if (place === undefined) return undefined;
	const tls = certificate === undefined || key === undefined ? undefined : { certificate, key };
	const { listenForApi } = await import("../api/api-listener.js");
	return tellingWhere(place, "--api", () => listenForApi(service, { ...place, tls }));
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

function listenAt(service: Service, place: Place, limits: Partial<Limits>): Promise<Listener> {
	return tellingWhere(place, "--listen", () => listen(service, { ...place, limits }));
}

/** A place that can't be listened at is told with the option that chooses another. */
async function tellingWhere<T>(place: Place, option: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : undefined;
		const where = place.host + ":" + place.port;
		if (code === "EADDRINUSE") {
			const message = where + " is in use. Stop what uses it, or choose another: " + option;
			throw new OperatorError("usage", message);
		}
		if (code === "EACCES" || code === "EADDRNOTAVAIL") {
			const advice = " can't be listened at. Choose another: " + option + " 0.0.0.0:8443";
			throw new OperatorError("usage", where + advice);
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

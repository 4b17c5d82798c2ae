/** `opendms serve`: answers devices until it is told to stop. */

import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseAddress } from "../../../src/protocol/token.js";
import { requireAddresses } from "../administration/addresses.js";
import type { Metrics } from "../api/metrics.js";
import { type Limits, limitsDefault } from "../listener/limits.js";
import { type Listener, listen } from "../listener/listener.js";
import { connectionsWithin } from "../listener/open-files.js";
import { formatLogEntry, type LogEntry, type LogFormat, logFormats } from "../log.js";
import { OperatorError } from "../operator-error.js";
import { openService, type Service } from "../service.js";
import { globalOptionsOf, isServiceIn, type Place, placeName, placeOf } from "./place.js";
import {
	addPageOptions,
	listenForPeople,
	type PageListener,
	type PageOptions,
	parseSocket,
	type Socket,
	tellingWhere,
} from "./page.js";
import type { Terminal } from "./terminal.js";
import { parseCount, timeText } from "./text.js";
import { asWorker, isWorker, startWorkers, workersMaximum } from "./workers.js";

interface ServeOptions extends PageOptions {
	readonly address?: readonly string[];
	readonly listen?: Socket;
	readonly acceptClock?: boolean;
	readonly workers?: number;
	readonly connections?: number;
	readonly connectionsPerAddress?: number;
	readonly logFormat?: LogFormat;
}

/** Says where devices are answered, and people. */
type Tell = (socket: Socket, page?: PageListener) => void;

/** Every interface of the machine. */
const hostDefault = "0.0.0.0";

export function addServeCommand(program: Command, terminal: Terminal): void {
	const command = program
		.command("serve")
		.description("answer devices, and people at a page, until stopped")
		.option(
			"--address <host:port...>",
			"where devices reach it; the first goes into tokens (required once, then remembered)",
		)
		.option("--listen <ip:port>", "where to listen (default: the address's port)", parseSocket)
		.addOption(
			new Option("--log-format <format>", "of the log, on standard error").choices(logFormats),
		)
		.option(
			"--connections <count>",
			"open at a time, those that wait for TLS too, of each worker (default: 12000)",
			parseCount,
		)
		.option(
			"--connections-per-address <count>",
			"of one client, or of a proxy in front, of each worker (default: 1000)",
			parseCount,
		);
	addPageOptions(command)
		.option("--workers <count>", "processes that answer, one for each core", parseWorkers)
		.option("--accept-clock", "serve although the machine's clock looks wrong")
		.action((options: ServeOptions, command: Command) => serve(options, command, terminal));
}

async function serve(options: ServeOptions, command: Command, terminal: Terminal): Promise<void> {
	const { json = false } = globalOptionsOf(command);
	const place = placeOf(command);
	const { logFormat = json ? "json" : "text" } = options;
	const worker = isWorker() ? process.pid : undefined;
	const metrics = options.api !== false && !isWorker() ? await newMetrics() : undefined;
	const log = (entry: LogEntry) => {
		metrics?.note(entry);
		terminal.log(formatLogEntry(entry, Date.now(), logFormat, worker));
	};
	const { address: addresses, acceptClock: acceptsClock } = options;
	if (addresses === undefined) await requireFounded(place);
	else requireAddresses(addresses);
	const opened = { ...place, acceptsClock, log };
	if (isWorker()) {
		// The service is there, and who looks for its problems is the first process.
		return asWorker(async () =>
			answerDevices(await openService(opened), { ...options, api: false }, terminal, () => {}),
		);
	}
	const service = await openService({ ...opened, addresses });
	if (service.addresses.length === 0) {
		await service.close();
		throw unfounded(place);
	}
	const { problem } = service.certificates.show();
	if (problem !== undefined)
		terminal.printError(json ? problemText(problem) : "opendms: " + problem);
	const shortage = shortageOf(options);
	if (shortage !== undefined)
		terminal.printError(json ? problemText(shortage) : "opendms: " + shortage);
	const tell: Tell = (socket, page) => {
		const address = service.addresses[0] ?? "";
		terminal.print(json ? readyJson(address, socket, page) : readyText(address, socket, page));
	};
	if (options.workers === undefined) {
		return answerDevices(service, options, terminal, tell, metrics);
	}
	await answerByWorkers(service, options.workers, options, terminal, tell, metrics);
}

/** The first process serves people, and the others the devices. */
async function answerByWorkers(
	service: Service,
	count: number,
	options: ServeOptions,
	terminal: Terminal,
	tell: Tell,
	metrics?: Metrics,
): Promise<void> {
	try {
		const { host } = options.listen ?? socketOf(service);
		// All of them have one key, which is there before the first of them begins.
		await service.serverFiles();
		const page = await listenForPeople(service, options, terminal.environment, metrics);
		try {
			const workers = await startWorkers(count, service.log);
			const stopped = terminal.stopped();
			tell({ host, port: workers.port }, page);
			await stopped;
			await workers.close();
		} finally {
			await page?.close();
		}
	} finally {
		await service.close();
	}
}

/** Answers devices until the process is asked to stop, and closes the service. */
async function answerDevices(
	service: Service,
	options: ServeOptions,
	terminal: Terminal,
	tell: Tell,
	metrics?: Metrics,
): Promise<void> {
	try {
		const socket = options.listen ?? socketOf(service);
		const listener = await listenAt(service, socket, limitsOf(options));
		const page = await listenForPeople(service, options, terminal.environment, metrics).catch(
			async (error: unknown) => {
				await listener.close();
				throw error;
			},
		);
		// Whoever reads that it is ready may ask it to stop at once.
		const stopped = terminal.stopped();
		tell(listener, page);
		await stopped;
		await Promise.all([listener.close(), page?.close()]);
	} finally {
		await service.close();
	}
}

/** A service that is to be made has to know where devices will reach it. */
async function requireFounded(place: Place): Promise<void> {
	if (!(await isServiceIn(place))) throw unfounded(place);
}

function unfounded(place: Place): OperatorError {
	const command = "opendms serve --address dms.example.com:8443";
	const message =
		"There is no service in " + placeName(place) + ". Say where devices will reach a new one: ";
	return new OperatorError("address", message + command);
}

function problemText(problem: string): string {
	return JSON.stringify({ time: new Date().toISOString(), kind: "problem", message: problem });
}

function readyJson(address: string, { host, port }: Socket, people?: PageListener): string {
	const { url: api, page, invite } = people ?? {};
	return JSON.stringify({ listening: { host, port }, address, api, page, invite: invite?.link });
}

function readyText(address: string, { host, port }: Socket, people?: PageListener): string {
	const shown = isIP(host) === 6 ? "[" + host + "]" : host;
	const text = "opendms serving " + address + " on " + shown + ":" + port;
	if (people === undefined) return text;
	const { page, invite } = people;
	const lines = [text, "The page: " + page];
	if (invite !== undefined) {
		const until = timeText(invite.expiresAt);
		lines.push(`No admin can log in yet. Set the password of ${invite.name}, until ${until}:`);
		lines.push(invite.link);
	}
	return lines.join("\n");
}

/** What only the API needs is loaded with it. */
async function newMetrics(): Promise<Metrics> {
	const { Metrics } = await import("../api/metrics.js");
	return new Metrics();
}

/** Without a place to listen at: everywhere, at the port that devices ask for. */
function socketOf(service: Service): Socket {
	const address = parseAddress(service.addresses[0] ?? "");
	if (address !== undefined) return { host: hostDefault, port: address.port };
	throw new OperatorError(
		"address",
		"Say where devices reach the service: opendms serve --address dms.example.com:8443",
	);
}

/** Without it more connections would be closed than are counted. */
function shortageOf({
	connections = limitsDefault.connectionsMaximum,
}: ServeOptions): string | undefined {
	const within = connectionsWithin(connections);
	if (within === connections) return undefined;
	const way = `Raise the limit: ulimit -n ${connections + 1_000}, or LimitNOFILE= of systemd.`;
	return `Too few files may be open: each process takes ${within} connections at a time. ${way}`;
}

function limitsOf({ connections, connectionsPerAddress }: ServeOptions): Partial<Limits> {
	return {
		...(connections !== undefined && { connectionsMaximum: connections }),
		...(connectionsPerAddress !== undefined && {
			addressConnectionsMaximum: connectionsPerAddress,
		}),
	};
}

function listenAt(service: Service, socket: Socket, limits: Partial<Limits>): Promise<Listener> {
	return tellingWhere(socket, "--listen", () => listen(service, { ...socket, limits }));
}

function parseWorkers(text: string): number {
	const count = parseCount(text);
	if (count <= workersMaximum) return count;
	throw new InvalidArgumentError("There are at most " + workersMaximum + ".");
}

/** Serves the API: on this machine alone, unless a certificate is given. */

import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { once } from "node:events";
import { getRequestListener } from "@hono/node-server";
import type { Socket } from "node:net";
import { cipherSuites } from "../listener/cipher-suites.js";
import { limitsDefault as deviceLimits } from "../listener/limits.js";
import {
	createRefusedConnections,
	type RefuseConnection,
} from "../listener/refused-connections.js";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { createApi } from "./api.js";
import { statusOfBadHead } from "./bad-head.js";
import type { Oidc } from "../people/oidc.js";
import type { OidcSettings } from "../people/oidc-settings.js";
import { Live } from "../page/live.js";
import { Visits } from "../people/visits.js";
import { isLoopback } from "./loopback.js";
import type { Metrics } from "./metrics.js";
import { limitSlowClients, serverLimits, type SlowLimits } from "./slow-clients.js";

/** What requests under way get when the service ends. */
const closeMilliseconds = 2_000;

/** People and programs, not a fleet: who asks for more takes nothing from the devices. */
const limitsDefault: SlowLimits = Object.freeze({ ...deviceLimits, connectionsMaximum: 500 });
/** Of one address, where it isn't a proxy's: nobody takes all of them. A browser has a few. */
const addressConnectionsMaximum = 100;

export interface ApiPlace {
	/** An IP address. */
	readonly host: string;
	/** 0 is any free one. */
	readonly port: number;
	/** Where figures of the requests are; they are the log's. */
	readonly metrics?: Metrics | undefined;
	/** Where people reach it, through a proxy with TLS. */
	readonly behindProxy?: string | undefined;
	/** Log-in by an identity provider, if there is one. */
	readonly oidc?: OidcSettings | undefined;
	/** Files, PEM. Without them, and without a proxy, only this machine is served. */
	readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
	/** Default: those of the devices' port, but for fewer connections. */
	readonly limits?: Partial<SlowLimits> | undefined;
}

export interface ApiListener {
	/** Where the API is: scheme, address and port. */
	readonly url: string;
	close(): Promise<void>;
}

export async function listenForApi(service: Service, place: ApiPlace): Promise<ApiListener> {
	const { host, port, tls, metrics, behindProxy } = place;
	const limits = { ...limitsDefault, ...place.limits };
	const isLocal = tls === undefined && behindProxy === undefined;
	if (isLocal && !isLoopback(host)) {
		const message =
			"API tokens aren't sent through a network in the clear. Let a proxy with TLS stand before " +
			"it: --behind-proxy https://dms.example.com, or give a certificate: " +
			"--api-certificate <file> --api-key <file>";
		throw new OperatorError("usage", message);
	}
	const proxy = { pageUrl: behindProxy, trustsProxy: behindProxy !== undefined };
	const visits = new Visits(service.sessions, proxy);
	const oidc = place.oidc && (await openOidc(service, place.oidc));
	const live = new Live(service.log);
	const options = { metrics, visits, oidc, isLocal, live };
	// HTTP/1.0 may come without a host, as some balancers ask whether we are well.
	const listener = getRequestListener(createApi(service, options).fetch, { hostname: "127.0.0.1" });
	const refuse = createRefusedConnections(service.log);
	const server = createServerFor(limits, tls, (message, response) => {
		const status = statusOfBadHead(message);
		if (status === undefined) return void listener(message, response);
		response.shouldKeepAlive = false;
		response.writeHead(status, { "content-type": "text/plain" }).end(STATUS_CODES[status]);
	});
	limitSlowClients(server, limits, refuse);
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
	});
	if (!isLocal && behindProxy === undefined) limitAddresses(server, refuse);
	server.listen(port, host);
	await once(server, "listening");
	const address = server.address();
	const bound = typeof address === "object" && address !== null ? address.port : port;
	const shown = host.includes(":") ? "[" + host + "]" : host;
	return {
		url: `${tls === undefined ? "http" : "https"}://${shown}:${bound}`,
		close: () => {
			// What would go on for as long as somebody looks.
			live.close();
			return close(server, sockets);
		},
	};
}

/** The library is loaded where it is needed. */
async function openOidc(service: Service, settings: OidcSettings): Promise<Oidc> {
	const { createOidc } = await import("../people/oidc.js");
	return createOidc(service.sessions, settings, service);
}

function createServerFor(
	limits: SlowLimits,
	tls: ApiPlace["tls"],
	listener: RequestListener,
): Server {
	const options = serverLimits(limits);
	if (tls === undefined) return halfOpen(createServer(options, listener));
	const cert = readFileSync(tls.certificate);
	const key = readFileSync(tls.key);
	const secure = { cert, key, ciphers: cipherSuites, minVersion: "TLSv1.2" } as const;
	return halfOpen(createSecureServer({ ...options, ...secure }, listener));
}

/** A client may close its half when it has asked; Node would drop its request. */
function halfOpen(server: Server): Server {
	return Object.assign(server, { httpAllowHalfOpen: true });
}

function limitAddresses(server: Server, refuse: RefuseConnection): void {
	const counts = new Map<string, number>();
	server.prependListener("connection", (socket: Socket) => {
		const { remoteAddress: client = "" } = socket;
		const count = (counts.get(client) ?? 0) + 1;
		if (count > addressConnectionsMaximum) {
			refuse("connections of an address", client);
			return void socket.destroy();
		}
		counts.set(client, count);
		socket.once("close", () => {
			const left = (counts.get(client) ?? 1) - 1;
			if (left > 0) counts.set(client, left);
			else counts.delete(client);
		});
	});
}

/** Who hasn't shaken hands yet is no connection of the server's: it would wait for him. */
async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
	const closed = once(server, "close");
	server.close();
	server.closeIdleConnections();
	const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), closeMilliseconds);
	await closed;
	clearTimeout(timer);
}

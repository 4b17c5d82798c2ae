/** Serves the API: on this machine alone, unless a certificate is given. */

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { once } from "node:events";
import { getRequestListener } from "@hono/node-server";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { createApi } from "./api.js";
import type { Visits } from "../people/visits.js";
import { isLoopback } from "./loopback.js";
import type { Metrics } from "./metrics.js";

/** What requests under way get when the service ends. */
const closeMilliseconds = 2_000;

/** People and programs, not a fleet: who asks for more takes nothing from the devices. */
const connectionsMaximum = 500;
const headMilliseconds = 10_000;

export interface ApiPlace {
	/** An IP address. */
	readonly host: string;
	/** 0 is any free one. */
	readonly port: number;
	/** Files, PEM. Without them only this machine is served. */
	/** Where figures of the requests are; they are the log's. */
	readonly metrics?: Metrics | undefined;
	readonly visits?: Visits | undefined;
	readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
}

export interface ApiListener {
	/** Where the API is: scheme, address and port. */
	readonly url: string;
	close(): Promise<void>;
}

export async function listenForApi(service: Service, place: ApiPlace): Promise<ApiListener> {
	const { host, port, tls } = place;
	if (tls === undefined && !isLoopback(host)) {
		const message =
			"API tokens aren't sent through a network in the clear. Let a proxy with TLS stand before " +
			"127.0.0.1, or give a certificate: --api-certificate <file> --api-key <file>";
		throw new OperatorError("usage", message);
	}
	const listener = getRequestListener(createApi(service, place).fetch);
	const server: Server =
		tls === undefined
			? createServer(listener)
			: createSecureServer(
					{ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) },
					listener,
				);
	server.maxConnections = connectionsMaximum;
	server.headersTimeout = headMilliseconds;
	server.listen(port, host);
	await once(server, "listening");
	const address = server.address();
	const bound = typeof address === "object" && address !== null ? address.port : port;
	const shown = host.includes(":") ? "[" + host + "]" : host;
	return {
		url: `${tls === undefined ? "http" : "https"}://${shown}:${bound}`,
		async close() {
			const closed = once(server, "close");
			server.close();
			server.closeIdleConnections();
			const timer = setTimeout(() => server.closeAllConnections(), closeMilliseconds);
			await closed;
			clearTimeout(timer);
		},
	};
}

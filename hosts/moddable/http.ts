/** The SDK's ECMA-419 HTTP client, over TCP or TLS, made safe to lend to the program. */

import TLSSocket from "embedded:io/socket/tcp/tls";
import Client, { type HTTPRequest as ClientRequest } from "embedded:network/http/client";
import type {
	HTTPClient,
	HTTPClientOptions,
	HTTPRequest,
	HTTPRequestOptions,
	System,
} from "../../src/host.js";
import { type Connection, type Connections, GuardedTCP, Resolver } from "./connection.js";
import { guarded } from "./guard.js";

/** The host's own part of the options. */
interface HTTPResource {
	readonly system: System;
	readonly connections: Connections;
}

export class GuardedHTTPClient implements HTTPClient {
	readonly #options: HTTPClientOptions & HTTPResource;
	#connection: Connection;
	#client: Client;
	#isOver = false;
	#wasAsked = false;

	constructor(options: HTTPClientOptions & Partial<HTTPResource>) {
		const { system, connections } = options;
		if (system === undefined || connections === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		this.#options = { ...options, system, connections };
		this.#connection = connections.open(options.tls !== undefined);
		this.#client = this.#connect(this.#connection);
	}

	request(options: HTTPRequestOptions): HTTPRequest {
		this.#wasAsked = true;
		this.#reconnect();
		const connection = this.#connection;
		const { onHeaders, onReadable, onWritable, onDone } = options;
		const request: ClientRequest = this.#client.request({
			method: options.method,
			path: options.path,
			headers: options.headers,
			// Not `headersMask`: with one the SDK fails where a segment ends within a masked field.
			onHeaders: this.#callback(connection, (status: number, headers: Map<string, string>) => {
				connection.isHeadComplete = true;
				onHeaders.call(request, status, masked(headers, options.headersMask));
			}),
			onReadable: this.#callback(connection, (byteLength: number) =>
				onReadable.call(request, byteLength),
			),
			onWritable: this.#callback(connection, (byteLength: number) =>
				onWritable.call(request, byteLength),
			),
			onDone: this.#callback(connection, (error: unknown) => onDone.call(request, error)),
		});
		return request;
	}

	close(): void {
		this.#isOver = true;
		this.#connection.close();
		this.#client.close();
	}

	#connect(connection: Connection): Client {
		const { host, port, tls, onError } = this.#options;
		const tcp = { io: GuardedTCP, connection };
		return new Client({
			host,
			port,
			dns: { io: Resolver, connection },
			socket: tls === undefined ? tcp : tlsSocket(tls, tcp),
			// The SDK tells each request of a failure, and then the client: once is enough.
			onError: this.#callback(connection, (error: unknown) => {
				connection.close();
				if (!this.#wasAsked) onError?.(error);
			}),
		});
	}

	/** A server may close the connection between two requests. */
	#reconnect(): void {
		if (!this.#connection.isClosed || this.#isOver) return;
		const { connections, tls } = this.#options;
		this.#connection = connections.open(tls !== undefined);
		this.#client = this.#connect(this.#connection);
	}

	/** A callback that no longer comes when the connection has been closed. */
	#callback<Parameters extends unknown[]>(
		connection: Connection,
		act: (...parameters: Parameters) => void,
	): (...parameters: Parameters) => void {
		return guarded(this.#options.system, (...parameters) => {
			if (!connection.isClosed) act(...parameters);
		});
	}
}

function masked(headers: Map<string, string>, mask: readonly string[]): Map<string, string> {
	for (const name of [...headers.keys()]) if (!mask.includes(name)) headers.delete(name);
	return headers;
}

/** Without a CA to trust there is nobody to speak to: it never falls back to plain HTTP. */
export class GuardedHTTPSClient extends GuardedHTTPClient {
	constructor(options: HTTPClientOptions & Partial<HTTPResource>) {
		if (options.tls === undefined) throw new TypeError("https needs tls");
		super(options);
	}
}

/** TLS over a socket. What the SDK keeps of a session would outlive the trust in its CA. */
function tlsSocket(
	{ host, ca }: NonNullable<HTTPClientOptions["tls"]>,
	tcp: { readonly io: typeof GuardedTCP; readonly connection: Connection },
): object {
	const secure = { certificate: ca.slice().buffer, serverName: host, cache: false };
	return { io: TLSSocket, TCP: tcp, connection: tcp.connection, secure };
}

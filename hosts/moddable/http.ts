/** The SDK's ECMA-419 HTTP client, over its TCP or our TLS, made safe to lend to the program. */

import Client, { type HTTPRequest as ClientRequest } from "embedded:network/http/client";
import type {
	Clock,
	Crypto,
	HTTPClient,
	HTTPClientOptions,
	HTTPRequest,
	HTTPRequestOptions,
	System,
} from "../../src/host.js";
import { ModdableCiphers } from "./ciphers.js";
import { type Connection, type Connections, PlainSocket, Resolver } from "./connection.js";
import { guarded } from "./guard.js";
import type { TlsOptions } from "./tls/handshake.js";
import { TlsSocket } from "./tls/socket.js";

/** The host's own part of the options. */
interface HTTPResource {
	readonly system: System;
	readonly connections: Connections;
	/** For TLS. */
	readonly clock: Clock;
	readonly crypto: Crypto;
	/** Without a CA to trust there is nobody to speak to: it never falls back to plain HTTP. */
	readonly isSecure?: boolean;
}

export class GuardedHTTPClient implements HTTPClient {
	private readonly options: HTTPClientOptions & HTTPResource;
	private connection: Connection;
	private client: Client;
	private isOver = false;
	private wasAsked = false;

	constructor(options: HTTPClientOptions & Partial<HTTPResource>) {
		const { system, connections, clock, crypto, isSecure = false, tls } = options;
		if (!system || !connections || !clock || !crypto) {
			throw new TypeError("construct it from its resource of the host");
		}
		if (isSecure && tls === undefined) throw new TypeError("https needs tls");
		this.options = { ...options, system, connections, clock, crypto };
		this.connection = connections.open(tls !== undefined);
		this.client = this.connect(this.connection);
	}

	request(options: HTTPRequestOptions): HTTPRequest {
		this.wasAsked = true;
		this.reconnect();
		const connection = this.connection;
		const { onHeaders, onReadable, onWritable, onDone } = options;
		const request: ClientRequest = this.client.request({
			method: options.method,
			path: options.path,
			headers: options.headers,
			// Not `headersMask`: with one the SDK fails where a segment ends within a masked field.
			onHeaders: this.callback(connection, (status: number, headers: Map<string, string>) => {
				connection.isHeadComplete = true;
				onHeaders.call(request, status, masked(headers, options.headersMask));
			}),
			onReadable: this.callback(connection, (byteLength: number) =>
				onReadable.call(request, byteLength),
			),
			onWritable: this.callback(connection, (byteLength: number) =>
				onWritable.call(request, byteLength),
			),
			onDone: this.callback(connection, (error: unknown) =>
				onDone.call(request, error === null ? null : (connection.reason ?? error)),
			),
		});
		return request;
	}

	close(): void {
		this.isOver = true;
		this.connection.close();
		this.client.close();
	}

	private connect(connection: Connection): Client {
		const { host, port, onError } = this.options;
		return new Client({
			host,
			port,
			dns: { io: Resolver, connection },
			socket: this.socket(connection),
			// The SDK tells each request of a failure, and then the client: once is enough.
			onError: this.callback(connection, (error: unknown) => {
				connection.close();
				if (!this.wasAsked) onError?.(connection.reason ?? error);
			}),
		});
	}

	private socket(connection: Connection): object {
		const { tls, crypto, clock } = this.options;
		if (tls === undefined) return { io: PlainSocket, connection };
		const ciphers = new ModdableCiphers();
		const secure: TlsOptions = { authority: tls.ca, name: tls.host, crypto, ciphers, clock };
		return { io: TlsSocket, connection, secure };
	}

	/** A server may close the connection between two requests. */
	private reconnect(): void {
		if (!this.connection.isClosed || this.isOver) return;
		const { connections, tls } = this.options;
		this.connection = connections.open(tls !== undefined);
		this.client = this.connect(this.connection);
	}

	/** A callback that no longer comes when the connection has been closed. */
	private callback<Parameters extends unknown[]>(
		connection: Connection,
		act: (...parameters: Parameters) => void,
	): (...parameters: Parameters) => void {
		return guarded(this.options.system, (...parameters) => {
			if (!connection.isClosed) act(...parameters);
		});
	}
}

function masked(headers: Map<string, string>, mask: readonly string[]): Map<string, string> {
	for (const name of Array.from(headers.keys())) if (!mask.includes(name)) headers.delete(name);
	return headers;
}

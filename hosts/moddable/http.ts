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
	readonly #connection: Connection;
	readonly #client: Client;
	readonly #system: System;

	constructor(options: HTTPClientOptions & Partial<HTTPResource>) {
		const { host, port, tls, onError, system, connections } = options;
		if (system === undefined || connections === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		this.#system = system;
		const connection = connections.open();
		this.#connection = connection;
		const tcp = { io: GuardedTCP, connection };
		this.#client = new Client({
			host,
			port,
			dns: { io: Resolver, connection },
			socket:
				tls === undefined
					? tcp
					: {
							io: TLSSocket,
							TCP: tcp,
							connection,
							secure: { certificate: bufferOf(tls.ca), serverName: tls.host, cache: false },
						},
			onError: this.#unlessClosed((error) => onError?.(error)),
		});
	}

	request(options: HTTPRequestOptions): HTTPRequest {
		const connection = this.#connection;
		const request: ClientRequest = this.#client.request({
			method: options.method,
			path: options.path,
			headers: options.headers,
			headersMask: [...options.headersMask],
			onHeaders: this.#unlessClosed((status: number, headers: Map<string, string>) => {
				connection.isHeadComplete = true;
				options.onHeaders.call(request, status, headers);
			}),
			onReadable: this.#unlessClosed((byteLength: number) =>
				options.onReadable.call(request, byteLength),
			),
			onWritable: this.#unlessClosed((byteLength: number) =>
				options.onWritable.call(request, byteLength),
			),
			onDone: this.#unlessClosed((error: unknown) => options.onDone.call(request, error)),
		});
		return request;
	}

	close(): void {
		this.#connection.isClosed = true;
		this.#client.close();
	}

	/** A callback of the program that no longer comes once it has closed the client. */
	#unlessClosed<Parameters extends unknown[]>(
		act: (...parameters: Parameters) => void,
	): (...parameters: Parameters) => void {
		return guarded(this.#system, (...parameters) => {
			if (!this.#connection.isClosed) act(...parameters);
		});
	}
}

/** Without a CA to trust there is nobody to speak to: it never falls back to plain HTTP. */
export class GuardedHTTPSClient extends GuardedHTTPClient {
	constructor(options: HTTPClientOptions & Partial<HTTPResource>) {
		if (options.tls === undefined) throw new TypeError("https needs tls");
		super(options);
	}
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
	return bytes.slice().buffer;
}

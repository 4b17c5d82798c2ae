/** How an HTTP request of the board gets to a server: Node's own TCP and TLS. */

import { createHash } from "node:crypto";
import {
	type ClientRequest,
	type IncomingMessage,
	request as plainRequest,
	type RequestOptions,
} from "node:http";
import { request as secureRequest } from "node:https";
import { isIP } from "node:net";
import { authorityProtocol } from "../../src/protocol/messages.js";
import { textOf } from "./operations.js";
import type { Value } from "./processor.js";

export interface OutgoingRequest {
	readonly host: string;
	readonly port: number;
	/** Inside TLS: the name the certificate must have, and the DER of the only CA to trust. */
	readonly tls?: { readonly host: string; readonly ca: Uint8Array };
	readonly method: string;
	readonly path: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What becomes of a request, in this order; `onEnd` or `onError` is the last. */
export interface Events {
	onConnected(): void;
	onHeaders(status: number, headers: ReadonlyMap<string, string>): void;
	onData(bytes: Uint8Array): void;
	onEnd(): void;
	onError(): void;
}

export interface Outgoing {
	/** A part of the body. */
	write(bytes: Uint8Array): void;
	/** Drops the request; no event comes after it. */
	close(): void;
}

export type Transport = (request: OutgoingRequest, events: Events) => Outgoing;

/** Goes over this machine's network. */
export const nodeTransport: Transport = (request, events) => {
	const outgoing = open(request);
	let missing = Number(new Map(request.headers).get("content-length") ?? 0);
	let isOver = false;
	const once = (act: () => void): void => {
		if (!isOver) act();
		isOver = true;
	};
	outgoing.on("error", () => once(events.onError));
	outgoing.on("socket", (socket) => {
		socket.once(request.tls === undefined ? "connect" : "secureConnect", () => {
			if (!isOver) events.onConnected();
		});
	});
	outgoing.on("response", (response: IncomingMessage) => {
		if (!isOver) events.onHeaders(response.statusCode ?? 0, headersOf(response));
		response.on("data", (bytes: Buffer) => isOver || events.onData(bytes));
		response.on("error", () => once(events.onError));
		response.on("end", () => once(events.onEnd));
	});
	if (missing === 0) outgoing.end();
	return {
		write(bytes) {
			outgoing.write(bytes);
			missing -= bytes.length;
			if (missing <= 0) outgoing.end();
		},
		close() {
			isOver = true;
			outgoing.destroy();
		},
	};
};

/** A request of Node's. TLS 1.2 at most, as the chip's. */
function open({ host, port, tls, method, path, headers }: OutgoingRequest): ClientRequest {
	const fields = { host, ...Object.fromEntries(headers) };
	const options: RequestOptions = { host, port, method, path, agent: false, headers: fields };
	if (tls === undefined) return plainRequest(options);
	// Who trusts a CA behind the service's first one says so here.
	const protocol = authorityProtocol(createHash("sha256").update(tls.ca).digest());
	const protocols = { ALPNProtocols: [protocol, "http/1.1"] };
	return secureRequest({
		...options,
		...protocols,
		ca: pemOf(tls.ca),
		servername: isIP(tls.host) === 0 ? tls.host : "",
		minVersion: "TLSv1.2",
		maxVersion: "TLSv1.2",
	});
}

function headersOf(response: IncomingMessage): ReadonlyMap<string, string> {
	const headers = new Map<string, string>();
	for (const [name, value] of Object.entries(response.headers)) {
		if (value !== undefined) headers.set(name, String(value));
	}
	return headers;
}

function pemOf(der: Uint8Array): string {
	const text = Buffer.from(der).toString("base64");
	return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
}

/** Names and values come in turn, so that the program needs no memory to join them. */
export function headerPairsOf(fields: readonly Value[]): [name: string, value: string][] {
	const headers: [string, string][] = [];
	for (let index = 0; index < fields.length; index += 2) {
		headers.push([textOf(fields[index]), textOf(fields[index + 1])]);
	}
	return headers;
}

/** Connections to a listener, as clients make them that no HTTP library would be. */

import { request as plainRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as secureRequest } from "node:https";
import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { Listener } from "../../hosts/dms/listener/listener.js";
import { decodeMap } from "../../src/protocol/message-pack.js";
import type { Reply } from "./bench.js";
import type { Draft } from "./protocol-device.js";

/** Sends a draft through TLS, trusting this CA and asking for this name. */
export function sendThroughTls(
	listener: Listener,
	draft: Draft,
	authority: string,
	servername = "dms.example.com",
	protocols?: string[],
): Promise<Reply> {
	const { port } = listener;
	const { method, headers, body } = draft;
	const path = draft.url.replace(/^https:\/\/[^/]*/, "");
	return new Promise((resolve, reject) => {
		const options = { host: "127.0.0.1", port, path, method, headers, ca: authority, servername };
		const tls = { ALPNProtocols: protocols ?? ["http/1.1"] };
		const request = secureRequest({ ...options, ...tls, agent: false }, (response) => {
			replyOf(response).then(resolve, reject);
		});
		request.on("error", reject);
		request.end(body);
	});
}

export function getPlain(listener: Listener, path: string, method = "GET"): Promise<Reply> {
	return new Promise((resolve, reject) => {
		const options = { host: "127.0.0.1", port: listener.port, path, method, agent: false } as const;
		const request = plainRequest(options, (response) => {
			replyOf(response).then(resolve, reject);
		});
		request.on("error", reject);
		request.end();
	});
}

async function replyOf(response: IncomingMessage): Promise<Reply> {
	const chunks: Buffer[] = [];
	for await (const chunk of response) chunks.push(Buffer.from(chunk));
	const bytes = Uint8Array.from(Buffer.concat(chunks));
	const headers = new Headers();
	for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
	return { status: response.statusCode ?? 0, headers, bytes, map: decodeMap(bytes) };
}

export interface RawConnection {
	readonly socket: Socket;
	/** Everything the listener sent, once it has closed the connection. */
	readonly closed: Promise<string>;
}

/** A bare TCP connection. It ends when the listener ends it. */
export function connectRaw(listener: Listener): Promise<RawConnection> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host: "127.0.0.1", port: listener.port, allowHalfOpen: true });
		let received = "";
		socket.setEncoding("latin1");
		socket.on("data", (text) => (received += text));
		const closed = new Promise<string>((done) => {
			socket.on("end", () => socket.end());
			socket.on("close", () => done(received));
		});
		socket.once("error", reject);
		socket.once("connect", () => {
			socket.off("error", reject);
			socket.on("error", () => {});
			resolve({ socket, closed });
		});
	});
}

/** Sends bytes, one character each, through TLS; what came back when the listener has closed. */
export function exchangeThroughTls(listener: Listener, text: string): Promise<string> {
	return new Promise((resolve, reject) => {
		// Which service it is, other tests ask.
		const options = { host: "127.0.0.1", port: listener.port, rejectUnauthorized: false };
		const socket = connectSecurely(options, () => socket.end(text, "latin1"));
		let received = "";
		socket.setEncoding("latin1");
		socket.on("data", (piece) => (received += piece));
		socket.on("error", (error) => received === "" && reject(error));
		socket.on("close", () => resolve(received));
	});
}

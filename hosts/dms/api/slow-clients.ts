/**
 * Who asks slowly takes the page from nobody. A request has as long as at the devices' port, and a
 * file longer the more of it has come. Where all connections are taken, the oldest of those that
 * still send, or say nothing, makes room: who asks for something has asked in milliseconds.
 */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Limits } from "../listener/limits.js";
import type { RefuseConnection } from "../listener/refused-connections.js";

export type SlowLimits = Pick<
	Limits,
	"connectionsMaximum" | "headMilliseconds" | "requestMilliseconds" | "stallMilliseconds"
>;

/** What a line from a village still does: 16 MiB in a quarter of an hour. */
const bytesPerMillisecond = 16;
/** How often Node looks for heads that take longer. */
const checkMilliseconds = 1_000;

interface Connection {
	readonly socket: Socket;
	/** The request that is under way. */
	message: IncomingMessage | undefined;
}

/** What `createServer` is told. */
export function serverLimits({ headMilliseconds }: SlowLimits) {
	return {
		connectionsCheckingInterval: Math.min(headMilliseconds, checkMilliseconds),
		headersTimeout: headMilliseconds,
		requestTimeout: 0, // It doesn't know how much has come.
		handshakeTimeout: headMilliseconds,
	};
}

export function limitSlowClients(
	server: Server,
	limits: SlowLimits,
	refuse: RefuseConnection,
): void {
	const open = new Map<string, Connection>();
	server.prependListener("connection", (socket: Socket) => {
		const name = nameOf(socket);
		open.set(name, { socket, message: undefined });
		socket.once("close", () => open.delete(name));
		if (open.size <= limits.connectionsMaximum) return;
		const [slowest = { socket }] = [...open.values()].filter(isSending);
		refuse("connections", slowest.socket.remoteAddress);
		open.delete(nameOf(slowest.socket));
		slowest.socket.destroy();
	});
	server.on("request", (message, response) => {
		const name = nameOf(message.socket);
		const connection = open.get(name);
		if (connection !== undefined) connection.message = message;
		response.once("close", () => {
			if (connection === undefined || !open.delete(name)) return;
			open.set(name, { ...connection, message: undefined });
		});
		cutWhenSlow(message, response, limits.requestMilliseconds);
	});
	server.setTimeout(limits.stallMilliseconds, (socket) => {
		// It takes nothing of its answer, or it is kept for a next request that doesn't come.
		const isIdle = open.get(nameOf(socket))?.message === undefined;
		if (socket.writableLength > 0 || isIdle) socket.destroy();
	});
}

function isSending({ message }: Connection): boolean {
	return message === undefined || !message.complete;
}

function cutWhenSlow(message: IncomingMessage, response: ServerResponse, least: number): void {
	const { socket } = message;
	const [begin, before] = [performance.now(), socket.bytesRead];
	const look = (): void => {
		if (message.complete) return;
		const granted = least + (socket.bytesRead - before) / bytesPerMillisecond;
		const left = granted - (performance.now() - begin);
		if (left > 0) timer = setTimeout(look, left).unref();
		else if (response.headersSent) socket.destroy();
		else socket.end(tooSlow, () => socket.destroy());
	};
	let timer = setTimeout(look, least).unref();
	response.once("close", () => clearTimeout(timer));
}

const tooSlow = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/** A socket and the one of TLS on it have the same. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
	return remoteAddress + " " + remotePort;
}

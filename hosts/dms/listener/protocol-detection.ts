/** Takes connections and tells by their first byte who speaks TLS: 0x16 begins its handshake. */

import type { Server as HttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createAdmission } from "./admission.js";
import type { Limits } from "./limits.js";
import type { RefuseConnection } from "./refused-connections.js";

export interface ProtocolDetector {
	readonly server: Server;
	/** Cuts every connection that is open. */
	cut(): void;
}

const handshakeRecord = 0x16;
/**
 * To a TLS client nothing can be said before its handshake but this, a fatal alert: internal_error
 * (RFC 8446 section 6). It comes back as from a connection that broke, by its own back-off.
 */
const busyAlert = Object.freeze([0x15, 3, 3, 0, 2, 2, 80]);

/** Hands each connection to one of two HTTP servers that themselves listen nowhere. */
export function createProtocolDetector(
	plain: HttpServer,
	secure: HttpServer,
	limits: Limits,
	refuse: RefuseConnection,
): ProtocolDetector {
	const counts = new Map<string, number>();
	const open = new Set<Socket>();
	const admission = createAdmission(limits);
	secure.on("secureConnection", (client: Socket) => admission.leave(client));
	// An HTTP server lets its clients close their half when they have asked.
	const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
		socket.on("error", () => socket.destroy());
		const { remoteAddress: client = "" } = socket;
		const count = (counts.get(client) ?? 0) + 1;
		if (count > limits.addressConnectionsMaximum) {
			refuse("connections of an address", client);
			return void socket.destroy();
		}
		counts.set(client, count);
		open.add(socket);
		socket.once("close", () => {
			open.delete(socket);
			const left = (counts.get(client) ?? 1) - 1;
			if (left > 0) counts.set(client, left);
			else counts.delete(client);
		});
		onFirstByte(socket, limits.firstByteMilliseconds, (byte) => {
			if (byte !== handshakeRecord) return void plain.emit("connection", socket);
			if (admission.enter(socket, () => secure.emit("connection", socket))) return;
			refuse("waiting connections", client);
			socket.end(Uint8Array.from(busyAlert));
		});
	});
	server.maxConnections = limits.connectionsMaximum;
	server.on("drop", (data) => refuse("connections", data?.remoteAddress));
	return { server, cut: () => open.forEach((socket) => socket.destroy()) };
}

/** Reads one byte and puts it back. Who sends none in time is cut. */
function onFirstByte(socket: Socket, milliseconds: number, then: (byte: number) => void): void {
	const timer = setTimeout(() => socket.destroy(), milliseconds);
	socket.once("close", () => clearTimeout(timer));
	socket.once("readable", () => {
		clearTimeout(timer);
		const bytes: unknown = socket.read(1);
		const byte = bytes instanceof Uint8Array ? bytes[0] : undefined;
		if (!(bytes instanceof Uint8Array) || byte === undefined) return void socket.destroy();
		socket.unshift(bytes);
		then(byte);
	});
}

/**
 * Lets TLS clients in, in the order in which they came, and no more handshakes at a time than get
 * on with each other. A fleet that comes back at once waits in line, where a client costs next to
 * nothing; who goes away while it waits costs no handshake.
 */

import type { Socket } from "node:net";
import type { Limits } from "./limits.js";

export interface Admission {
	/** Calls `admit` when it is this client's turn; returns whether there was a place to wait. */
	enter(socket: Socket, admit: () => void): boolean;
	/** The handshake of a client is over. */
	leave(client: Client): void;
}

/** What tells one connection from others while it is open. */
export type Client = Pick<Socket, "remoteAddress" | "remotePort">;

interface Waiting {
	readonly socket: Socket;
	admit(): void;
}

/** Who takes longer waits for its radio, or is gone: that is no reason for others to wait. */
const turnMilliseconds = 100;

export function createAdmission(
	limits: Pick<Limits, "handshakesMaximum" | "waitingMaximum">,
): Admission {
	const handshakes = new Set<string>();
	/** In the order in which they came: a set remembers it. */
	const line = new Set<Waiting>();
	const next = (): void => {
		for (const waiting of line) {
			if (handshakes.size >= limits.handshakesMaximum) return;
			line.delete(waiting);
			begin(waiting);
		}
	};
	const begin = ({ socket, admit }: Waiting): void => {
		if (socket.destroyed) return;
		const name = nameOf(socket);
		handshakes.add(name);
		const timer = setTimeout(() => end(name), turnMilliseconds).unref();
		socket.once("close", () => {
			clearTimeout(timer);
			end(name);
		});
		admit();
	};
	const end = (name: string): void => {
		if (handshakes.delete(name)) next();
	};
	return {
		enter(socket, admit) {
			const waiting = { socket, admit };
			if (handshakes.size < limits.handshakesMaximum) begin(waiting);
			else if (line.size < limits.waitingMaximum) wait(line, waiting);
			else return false;
			return true;
		},
		leave: (client) => end(nameOf(client)),
	};
}

/** A client that goes away says so behind what it has sent, which nobody has read yet. */
function wait(line: Set<Waiting>, waiting: Waiting): void {
	const { socket, admit } = waiting;
	let sent = 0;
	const onReadable = (): void => {
		// What has come before is told of until this turn ends; then only more, or the end.
		if (sent > 0 && socket.readableLength === sent) socket.destroy();
		else if (sent > 0) sent = socket.readableLength;
	};
	setImmediate(() => {
		sent = socket.readableLength;
	});
	const onClose = (): void => void line.delete(entry);
	const entry: Waiting = {
		socket,
		admit() {
			socket.off("readable", onReadable);
			socket.off("close", onClose);
			admit();
		},
	};
	socket.on("readable", onReadable);
	socket.once("close", onClose);
	line.add(entry);
}

function nameOf({ remoteAddress, remotePort }: Client): string {
	return remoteAddress + " " + remotePort;
}

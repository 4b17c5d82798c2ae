/**
 * Lets TLS clients in, in the order in which they came, and no more handshakes at a time than get
 * on with each other. A fleet that comes back at once waits in line, where a client costs next to
 * nothing; who goes away while it waits costs no handshake. Who has waited so long that it soon
 * gives up comes behind all others: were it let in first, as long as more come than can be served
 * each handshake would be with a client that is gone before its answer.
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
	/** In milliseconds of `now`. */
	readonly since: number;
	admit(): void;
}

/** Who takes longer waits for its radio, or is gone: that is no reason for others to wait. */
const turnMilliseconds = 100;

/** A device waits 10 seconds for an answer, and needs some of them itself for the handshake. */
const promptMilliseconds = 5_000;

/** `now` tells milliseconds, from any beginning. */
export function createAdmission(
	limits: Pick<Limits, "handshakesMaximum" | "waitingMaximum">,
	now: () => number = () => performance.now(),
): Admission {
	const handshakes = new Set<string>();
	const line = createLine(now);
	const next = (): void => {
		for (const waiting of line.inTurn()) {
			if (handshakes.size >= limits.handshakesMaximum) return;
			line.leave(waiting);
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
			const waiting = { socket, since: now(), admit };
			if (handshakes.size < limits.handshakesMaximum) begin(waiting);
			else if (line.size < limits.waitingMaximum) line.enter(watched(waiting, line.leave));
			else return false;
			return true;
		},
		leave: (client) => end(nameOf(client)),
	};
}

interface Line {
	readonly size: number;
	enter(waiting: Waiting): void;
	leave(waiting: Waiting): void;
	inTurn(): Iterable<Waiting>;
}

function createLine(now: () => number): Line {
	// In the order in which they came: a set remembers it.
	const prompt = new Set<Waiting>();
	const late = new Set<Waiting>();
	return {
		get size() {
			return prompt.size + late.size;
		},
		enter: (waiting) => void prompt.add(waiting),
		leave(waiting) {
			prompt.delete(waiting);
			late.delete(waiting);
		},
		*inTurn() {
			for (const waiting of prompt) {
				if (now() - waiting.since < promptMilliseconds) break;
				prompt.delete(waiting);
				late.add(waiting);
			}
			yield* prompt;
			yield* late;
		},
	};
}

/**
 * Calls `onGone` when the client goes away before it is admitted: it says so behind what it has
 * sent, which nobody has read yet.
 */
function watched({ socket, since, admit }: Waiting, onGone: (waiting: Waiting) => void): Waiting {
	let sent = 0;
	const onReadable = (): void => {
		// What has come before is told of until this turn ends; then only more, or the end.
		if (sent > 0 && socket.readableLength === sent) socket.destroy();
		else if (sent > 0) sent = socket.readableLength;
	};
	setImmediate(() => {
		sent = socket.readableLength;
	});
	const onClose = (): void => onGone(waiting);
	const waiting: Waiting = {
		socket,
		since,
		admit() {
			socket.off("readable", onReadable);
			socket.off("close", onClose);
			admit();
		},
	};
	socket.on("readable", onReadable);
	socket.once("close", onClose);
	return waiting;
}

function nameOf({ remoteAddress, remotePort }: Client): string {
	return remoteAddress + " " + remotePort;
}

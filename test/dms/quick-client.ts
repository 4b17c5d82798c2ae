/** A client that costs little: it writes requests that were made before, and reads answers. */

import { connect, createSecureContext, type TLSSocket } from "node:tls";
import { deviceTls } from "./device-tls.js";

export interface Connection {
	/** Sends a whole request; resolves with the answer's status. */
	ask(request: Buffer): Promise<number>;
	close(): void;
}

export interface From {
	/** An address of this machine. */
	readonly localAddress?: string;
	/** Breaks the connection. */
	readonly signal?: AbortSignal;
}

const secureContext = createSecureContext(deviceTls);

/** With a session of its own each time: a device resumes none. */
export function openConnection(port: number, from: From = {}): Promise<Connection> {
	return new Promise((resolve, reject) => {
		const { localAddress, signal } = from;
		const way = localAddress === undefined ? {} : { localAddress };
		const socket = connect({ host: "127.0.0.1", port, ...way, ...deviceTls, secureContext });
		signal?.addEventListener("abort", () => socket.destroy(new Error("it took too long")));
		socket.setNoDelay(true);
		socket.once("error", reject);
		socket.once("secureConnect", () => {
			socket.off("error", reject);
			resolve(connectionOf(socket));
		});
	});
}

function connectionOf(socket: TLSSocket): Connection {
	let received: Buffer = Buffer.alloc(0);
	let then: ((status: number) => void) | undefined;
	let fail: ((error: Error) => void) | undefined;
	socket.on("data", (piece: Buffer) => {
		received = received.length === 0 ? piece : Buffer.concat([received, piece]);
		const length = lengthOf(received);
		if (length === undefined || received.length < length) return;
		const status = Number(received.toString("latin1", 9, 12));
		received = received.subarray(length);
		then?.(status);
	});
	const onEnd = () => fail?.(new Error("the connection broke"));
	socket.on("error", onEnd);
	socket.on("close", onEnd);
	return {
		ask: (request) =>
			new Promise((resolve, reject) => {
				then = resolve;
				fail = reject;
				socket.write(request);
			}),
		close: () => void socket.destroy(),
	};
}

/** Bytes of the answer at the beginning of `bytes`; `undefined` until its head is there. */
function lengthOf(bytes: Buffer): number | undefined {
	const end = bytes.indexOf("\r\n\r\n");
	if (end < 0) return undefined;
	const head = bytes.toString("latin1", 0, end);
	const [, length = "0"] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
	return end + 4 + Number(length);
}

/** One request on a connection of its own. */
export async function askOnce(port: number, request: Buffer): Promise<number> {
	const connection = await openConnection(port);
	try {
		return await connection.ask(request);
	} finally {
		connection.close();
	}
}

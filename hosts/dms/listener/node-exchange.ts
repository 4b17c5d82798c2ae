/** A request of Node's HTTP server as the service takes it, and its answer as Node sends it. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Answer, fieldsOf } from "../endpoint/answer.js";
import type { Fields, Incoming } from "../endpoint/incoming.js";

/** A host and perhaps a port; two `Host` fields, joined by a comma, are none. */
const hostPattern = /^[\w.~%!$&'()*+;=-]+(:\d{0,5})?$|^\[[\da-fA-F:.]+\](:\d{0,5})?$/;
/** A path, or a URL whose path is taken (RFC 9112 section 3.2). */
const targetPattern = /^\/|^https?:\/\/[^/?#]/i;

/**
 * `undefined` when the host or the target is none: a request must have both. `onRead` is called
 * before its body is read, if it is.
 */
export function incomingOfNode(
	message: IncomingMessage,
	isEncrypted: boolean,
	onRead: () => void,
): Incoming | undefined {
	const { method = "", url: target = "", socket } = message;
	const fields = fieldsOfNode(message.rawHeaders);
	const host = fields.get("host") ?? "";
	if (!hostPattern.test(host) || !targetPattern.test(target)) return undefined;
	const client = socket.remoteAddress;
	const read = (length: number) => {
		onRead();
		return readBody(message, length);
	};
	return { method, target, host, isEncrypted, client, fields, read };
}

function fieldsOfNode(raw: readonly string[]): Fields {
	const values = new Map<string, string>();
	for (let index = 0; index + 1 < raw.length; index += 2) {
		const name = (raw[index] ?? "").toLowerCase();
		const value = raw[index + 1] ?? "";
		const before = values.get(name);
		values.set(name, before === undefined ? value : before + ", " + value);
	}
	return { get: (name) => values.get(name) ?? null, has: (name) => values.has(name) };
}

/** A body comes in one piece, almost always. */
function readBody(message: IncomingMessage, length: number): Promise<Uint8Array | undefined> {
	return new Promise((resolve) => {
		const pieces: Buffer[] = [];
		let count = 0;
		message.on("data", (piece: Buffer) => {
			pieces.push(piece);
			count += piece.length;
			if (count > length) resolve(undefined);
		});
		message.once("end", () => resolve(Uint8Array.from(Buffer.concat(pieces))));
		message.once("close", () => resolve(undefined)); // Nobody is there to hear more.
	});
}

function textOf({ buffer, byteOffset, length }: Uint8Array): string {
	return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

/** Sends an answer that was given at `now` milliseconds since 1970; fails when it breaks off. */
export async function send(response: ServerResponse, answer: Answer, now: number): Promise<void> {
	const { status, body, stream } = answer;
	response.writeHead(status, fieldsOf(answer, now));
	// As a text, one character a byte, Node sends it in one piece with the head.
	if (stream === undefined) return void response.end(body && textOf(body), "latin1");
	await pipeline(Readable.fromWeb(stream), response);
}

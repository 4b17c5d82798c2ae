/** A request as it reached the service: what a `Request` object can't say, and nothing to spare. */

import { concatenate } from "../../../src/encoding/bytes.js";

/** The fields of a request. Lines of one name come joined by a comma and a space. */
export type Fields = Pick<Headers, "get" | "has">;

/**
 * What was signed is the request target as sent, and only the listener knows whether it came
 * through TLS: neither can be had of a `Request`, whose URL was made canonical.
 */
export interface Incoming {
	readonly method: string;
	/** The request target of the request line. */
	readonly target: string;
	/** The `Host` field. */
	readonly host: string;
	/** Whether it came through TLS. */
	readonly isEncrypted: boolean;
	/** The client's IP address, when it came through a socket. */
	readonly client?: string | undefined;
	readonly fields: Fields;
	/** The body's bytes; `undefined` when there are more than `length`, or the client went away. */
	read(length: number): Promise<Uint8Array | undefined>;
}

export interface Target {
	readonly path: string;
	/** With its question mark, when there is one. */
	readonly query?: string;
}

/** Path and query of a request target in origin-form or absolute-form (RFC 9112 section 3.2). */
export function parseTarget(target: string): Target {
	const local = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
	const mark = local.indexOf("?");
	const path = mark < 0 ? local : local.slice(0, mark);
	return { path: path === "" ? "/" : path, ...(mark >= 0 && { query: local.slice(mark) }) };
}

/** A request that came through no socket: its URL is taken at its word, its scheme for the way. */
export function incomingOf(request: Request): Incoming {
	const { method, headers, url } = request;
	const [target = ""] = url.split("#");
	return {
		method,
		target,
		host: headers.get("host") ?? new URL(url).host,
		isEncrypted: url.startsWith("https:"),
		fields: headers,
		read: (length) => readAtMost(request, length),
	};
}

async function readAtMost(request: Request, length: number): Promise<Uint8Array | undefined> {
	if (request.body === null) return new Uint8Array();
	const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
	let bytes: Uint8Array = new Uint8Array();
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return bytes;
			bytes = concatenate(bytes, value);
			if (bytes.length > length) return void (await reader.cancel());
		}
	} catch {
		return undefined; // The connection broke: nobody is there to hear more.
	}
}

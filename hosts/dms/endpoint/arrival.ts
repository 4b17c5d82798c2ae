/** How a request reached the service: what a `Request` object can't say. */

/**
 * A `Request` has a URL that was made canonical, and trusts what the client wrote into it. What was
 * signed is the request target as sent, and only the listener knows whether it came through TLS.
 */
export interface Arrival {
	/** The request target of the request line. */
	readonly target: string;
	/** Whether it came through TLS. */
	readonly isEncrypted: boolean;
}

export interface Target {
	readonly path: string;
	/** With its question mark, when there is one. */
	readonly query?: string;
}

/** The arrival of a request that came through no socket: its URL is taken at its word. */
export function arrivalOf(request: Request): Arrival {
	const [target = ""] = request.url.split("#");
	return { target, isEncrypted: request.url.startsWith("https:") };
}

/** Path and query of a request target in origin-form or absolute-form (RFC 9112 section 3.2). */
export function parseTarget(target: string): Target {
	const local = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
	const mark = local.indexOf("?");
	const path = mark < 0 ? local : local.slice(0, mark);
	return { path: path === "" ? "/" : path, ...(mark >= 0 && { query: local.slice(mark) }) };
}

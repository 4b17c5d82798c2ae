/** What never leaves the machine, and so needs no TLS. */

import type { MiddlewareHandler } from "hono";

/** Whether a host is this machine: an IP address, in brackets or not, or `localhost`. */
export function isLoopback(host: string): boolean {
	return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}

/**
 * Refuses who comes to this machine under a name that isn't its own. A page elsewhere can have its
 * name resolve to 127.0.0.1 (DNS rebinding), and is then of our origin for the browser; the name
 * it was asked by it can't change.
 */
export function requireLoopback(onOther: MiddlewareHandler): MiddlewareHandler {
	return async (exchange, next) =>
		isLoopback(new URL(exchange.req.url).hostname) ? next() : onOther(exchange, next);
}

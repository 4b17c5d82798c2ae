/** When to ask again: exponential back-off with full jitter, and what the service asked for. */

import type { Crypto, Host } from "../host.js";

/** Ceiling of the first wait; it doubles with each further attempt. */
const firstCeilingMilliseconds = 1000;
/** A device that has been offline for long is back within this time of its service. */
export const ceilingMaximumMilliseconds = 3_600_000;
/** 2^12 seconds are above the maximum; beyond, doubling would only risk an overflow. */
const doublingsMaximum = 12;
/** A service can't send a device away for longer, by fault or by malice. */
const retryAfterMaximumSeconds = 3_600;

/**
 * How long to wait after `failures` failures in a row (1 or more), in milliseconds: anything from 0
 * up to the ceiling, as `fraction` (from 0 to below 1) says. Full jitter spreads a fleet best when
 * a service comes back: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMilliseconds(failures: number, fraction: number): number {
	const doublings = Math.min(failures - 1, doublingsMaximum);
	const ceiling = Math.min(firstCeilingMilliseconds * 2 ** doublings, ceilingMaximumMilliseconds);
	return Math.floor(ceiling * fraction);
}

/**
 * Seconds that a `retry-after` field asks for, or 0. Our services send seconds; what stands before
 * one may send a date (RFC 9110 section 10.2.3), which says something only beside the answer's own
 * `date`: the device's clock may be years wrong.
 */
export function retryAfterSeconds(field: string | undefined, date: string | undefined): number {
	if (field === undefined) return 0;
	const number = Number(field);
	const seconds = Number.isNaN(number) ? secondsBetween(date, field) : number;
	return Number.isFinite(seconds) && seconds > 0
		? Math.min(Math.ceil(seconds), retryAfterMaximumSeconds)
		: 0;
}

function secondsBetween(earlier: string | undefined, later: string): number {
	return earlier === undefined ? 0 : (Date.parse(later) - Date.parse(earlier)) / 1000;
}

/** A random fraction from 0 to below 1. */
export function randomFraction(crypto: Pick<Crypto, "random">): number {
	let value = 0;
	for (const byte of crypto.random(4)) value = (value + byte) / 256;
	return value;
}

/** Resolves after a wait for `failures` failures in a row, on top of the one that was asked for. */
export function waitAfter(
	failures: number,
	host: Pick<Host, "crypto" | "timer">,
	askedMilliseconds = 0,
): Promise<void> {
	const backoff = backoffMilliseconds(failures, randomFraction(host.crypto));
	return new Promise((resolve) => void host.timer.set(resolve, askedMilliseconds + backoff));
}

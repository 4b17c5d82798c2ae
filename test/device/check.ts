/** Assertions and cases that need no more than the language, so that they run on XS too. */

import type { Crypto } from "../../src/host.js";

/** What a case may use of the machine it runs on. */
export interface Bench {
	readonly crypto: Crypto;
}

/** A promise by its name, and how to see that it is kept. */
export type Cases = Readonly<Record<string, (bench: Bench) => void | Promise<void>>>;

export function equal(actual: unknown, expected: unknown, what = ""): void {
	const left = show(actual);
	const right = show(expected);
	if (left !== right) throw new Error(what + ": got " + left + ", not " + right);
}

export function isTrue(condition: boolean, what: string): void {
	if (!condition) throw new Error(what);
}

/** What `act` throws; it must throw. */
export function thrown(act: () => void): unknown {
	try {
		act();
	} catch (error) {
		return error;
	}
	throw new Error("nothing was thrown");
}

/** A text that two values share only when they are alike in all their parts. */
function show(value: unknown): string {
	if (value instanceof Uint8Array) return "bytes(" + Array.from(value).join(" ") + ")";
	if (Array.isArray(value)) return "[" + value.map(show).join(", ") + "]";
	if (typeof value === "object" && value !== null) {
		const entries = Object.entries(value).map(([name, part]) => name + ": " + show(part));
		return "{" + entries.sort().join(", ") + "}";
	}
	return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** What the device program can ask of the board's parts, and how they send it messages. */

import type { Value } from "./processor.js";

/**
 * Operations by name: what each answers to its values. Bytes among the values are lent until it
 * returns, and those of its answer are given away: program and board share no memory.
 */
export type Operations = Readonly<Record<string, (...values: Value[]) => Value>>;

/** Puts a message into the program's mailbox. */
export type Post = (name: string, ...values: Value[]) => void;

export function bytesOf(value: Value): Uint8Array {
	if (value instanceof Uint8Array) return value;
	throw new TypeError("bytes expected");
}

export function textOf(value: Value): string {
	if (typeof value === "string") return value;
	throw new TypeError("text expected");
}

export function numberOf(value: Value): number {
	if (typeof value === "number") return value;
	throw new TypeError("number expected");
}

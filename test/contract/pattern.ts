/** Bytes to send and keep, and their comparison without much memory. */

import { equal } from "../../src/encoding/bytes.js";

/** Bytes of this length, all values among them; others for another seed. */
export function pattern(length: number, seed = 0): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let index = 0; index < length; index++) bytes[index] = index * 7 + seed;
	return bytes;
}

export function sameBytes(
	actual: Uint8Array | undefined,
	expected: Uint8Array | undefined,
	what = "",
): void {
	const isSame =
		actual === undefined || expected === undefined ? actual === expected : equal(actual, expected);
	if (!isSame) {
		throw new Error(what + ": got " + describe(actual) + ", not " + describe(expected));
	}
}

const shownMaximum = 16;

function describe(bytes: Uint8Array | undefined): string {
	if (bytes === undefined) return "undefined";
	return bytes.length + " bytes (" + bytes.subarray(0, shownMaximum).join(" ") + " ...)";
}

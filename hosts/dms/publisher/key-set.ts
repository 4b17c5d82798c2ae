/**
 * The people of whom several sign for a product: their public keys, beside whose keys theirs are
 * kept. `product-<code>.signers` is no secret; each of them has it, and `signer-<code>.key`.
 */

import { existsSync, readFileSync, rmSync } from "node:fs";
import { concatenate, equal, fromHex, toHex } from "../../../src/encoding/bytes.js";
import { publicKeyLength } from "../../../src/protocol/key.js";
import { keySetSizeMaximum } from "../../../src/protocol/key-set.js";
import { writeDurably } from "../authority/key-folder.js";
import { sha256 } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { importPublicKey } from "../signature/verification.js";

export interface KeySet {
	/** How many of them have to sign. */
	readonly threshold: number;
	/** Public keys in ascending order, one behind the other. */
	readonly keys: Uint8Array;
}

/** The set of these public keys, hexadecimal. Throws when it would be none. */
export function keySetOf(threshold: number, publicKeys: readonly string[]): KeySet {
	const points = publicKeys.map((text) => {
		const point = fromHex(text);
		if (point && importPublicKey(point)) return point;
		const message = text + " is no public key. Make one: opendms key signer <product>";
		throw new OperatorError("key", message);
	});
	const sorted = points.sort((left, right) => Buffer.compare(left, right));
	const isTwice = sorted.some((point, index) => {
		const before = sorted[index - 1];
		return before !== undefined && equal(point, before);
	});
	if (isTwice) throw new OperatorError("key", "One of the public keys is there twice.");
	if (threshold < 2 || threshold > sorted.length || sorted.length > keySetSizeMaximum) {
		const message = `Of 2 to ${keySetSizeMaximum} people at least two sign, and at most all.`;
		throw new OperatorError("limit", message);
	}
	return { threshold, keys: concatenate(...sorted) };
}

/** What stands in a key statement in the place of a public key. */
export function nameOfSet({ threshold, keys }: KeySet): Uint8Array {
	return concatenate(Uint8Array.of(threshold), sha256(keys));
}

export function readKeySet(path: string): KeySet | undefined {
	if (!existsSync(path)) return undefined;
	const { threshold, keys } = parse(readFileSync(path, "utf8"), path);
	return keySetOf(threshold, keys);
}

function parse(text: string, path: string): { threshold: number; keys: string[] } {
	try {
		const { threshold, keys } = JSON.parse(text) as { threshold: unknown; keys: unknown };
		if (Number.isInteger(threshold) && Array.isArray(keys)) {
			return { threshold: Number(threshold), keys: keys.map(String) };
		}
	} catch {
		// As damaged as one that says something else.
	}
	throw new OperatorError("key", path + " is damaged. Copy it from where it was made.");
}

/** Keeps the set, or that there is none any more. */
export function keepKeySet(path: string, set: KeySet | undefined): void {
	if (set === undefined) return rmSync(path, { force: true });
	const keys: string[] = [];
	for (let start = 0; start < set.keys.length; start += publicKeyLength) {
		keys.push(toHex(set.keys.subarray(start, start + publicKeyLength)));
	}
	const text = JSON.stringify({ threshold: set.threshold, keys }, undefined, "\t") + "\n";
	writeDurably(path, text, 0o644);
}

/**
 * Keys of which several have to sign; PROTOCOL.md, section 7. Where else a public key stands, there
 * stands how many have to, and the SHA-256 of all of them: who has signed brings the keys along.
 */

import { compare, equal } from "../encoding/bytes.js";
import { type Hasher, publicKeyLength, signatureLength, uncompressedPoint } from "./key.js";

/** How many have to sign (1 byte), and SHA-256 of the public keys, one behind the other. */
const keySetLength = 33;
export const keySetSizeMaximum = 8;
/** Which of the keys it is (1 byte), and the signature. */
export const setSignatureLength = 1 + signatureLength;

/** What those who have signed add to what they sign. */
export interface SetSignatures {
	/** All keys of the set, in ascending order, one behind the other. */
	readonly keys: Uint8Array;
	/** Of those who have signed, in the order of their keys, one behind the other. */
	readonly signatures: Uint8Array;
}

/** Whether the bytes stand for one key, or for a set of which two at least have to sign. */
export function isKeyOrSet(key: Uint8Array): boolean {
	return isKeySet(key) ? thresholdOf(key) >= 2 : isPublicKey(key);
}

function isPublicKey(key: Uint8Array): boolean {
	return key.length === publicKeyLength && key[0] === uncompressedPoint;
}

export function isKeySet(key: Uint8Array): boolean {
	return key.length === keySetLength;
}

/** How many of the set's keys have to sign. */
export function thresholdOf(set: Uint8Array): number {
	return set[0] ?? 0;
}

/**
 * How many keys of the set have signed: 0 when the keys aren't the set's, or any signature isn't
 * what it says. Each counts once, because they come in ascending order. `isSignedBy` says whether a
 * key has made a signature, which it checks itself.
 */
export function countSigners(
	set: Uint8Array,
	{ keys, signatures }: SetSignatures,
	hasher: Hasher,
	isSignedBy: (key: Uint8Array, signature: Uint8Array) => boolean,
): number {
	if (!isKeySet(set) || !equal(hasher.sha256(keys), set.subarray(1))) return 0;
	let before: Uint8Array | undefined;
	for (let offset = 0; offset < signatures.length; offset += setSignatureLength) {
		const start = (signatures[offset] ?? 0) * publicKeyLength;
		const key = keys.subarray(start, start + publicKeyLength);
		const signature = signatures.subarray(offset + 1, offset + setSignatureLength);
		if (!isPublicKey(key) || (before && compare(key, before) <= 0)) return 0;
		if (!isSignedBy(key, signature)) return 0;
		before = key;
	}
	return signatures.length / setSignatureLength;
}

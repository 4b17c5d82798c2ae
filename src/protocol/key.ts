/**
 * P-256 keys as the protocol writes them: a 32-byte scalar, a 65-byte point, and the point's name.
 */

import { asciiBytes, compare, concatenate, fromHex, toHex } from "../encoding/bytes.js";

/** Whatever can make a SHA-256: 32 bytes. */
export interface Hasher {
	sha256(bytes: Uint8Array): Uint8Array;
}

export const privateKeyLength = 32;
/** An uncompressed point of SEC 1: 4, then x and y of 32 bytes each. */
export const publicKeyLength = 65;
export const uncompressedPoint = 4;
/** r and s of 32 bytes each, big-endian: IEEE P1363, as RFC 9421 section 3.3.4 asks. */
export const signatureLength = 64;

/**
 * The DER in front of the point in a P-256 SubjectPublicKeyInfo (RFC 5480): always these 26 bytes.
 */
const publicKeyInfoPrefix = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

/** The order of the group, n of FIPS 186-5: a private key is from 1 to n - 1. */
const groupOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/** Sets a token key apart from any other use of the same secret. */
const tokenKeyContext = "opendms token key 1";

function bytesOfHex(digits: string): Uint8Array {
	return fromHex(digits) ?? new Uint8Array(0);
}

/** The DER SubjectPublicKeyInfo of a point: 91 bytes. */
export function publicKeyInfo(publicKey: Uint8Array): Uint8Array {
	return concatenate(bytesOfHex(publicKeyInfoPrefix), publicKey);
}

/** A key's name everywhere in the protocol: SHA-256 of its SubjectPublicKeyInfo, 64 hex digits. */
export function keyId(publicKey: Uint8Array, hasher: Hasher): string {
	return toHex(hasher.sha256(publicKeyInfo(publicKey)));
}

/** Whether a 32-byte number is in the range from 1 to the order of the group minus 1. */
export function isScalar(bytes: Uint8Array): boolean {
	return bytes.some((byte) => byte !== 0) && compare(bytes, bytesOfHex(groupOrder)) < 0;
}

/** Whether both halves of a signature are in range; others must never reach the arithmetic. */
export function isSignature(bytes: Uint8Array): boolean {
	if (bytes.length !== signatureLength) return false;
	const half = signatureLength / 2;
	return isScalar(bytes.subarray(0, half)) && isScalar(bytes.subarray(half));
}

/** A private key of random bytes: nearly always the first 32. */
export function newPrivateKey(source: { random(byteLength: number): Uint8Array }): Uint8Array {
	for (;;) {
		const candidate = source.random(privateKeyLength);
		if (isScalar(candidate)) return candidate;
	}
}

/**
 * The private key that a provisioning token's secret stands for: the first scalar among
 * SHA-256(context, 0, secret, counter) for counter 0, 1, 2 ... (one more try in 2^32 cases).
 */
export function tokenPrivateKey(secret: Uint8Array, hasher: Hasher): Uint8Array {
	const context = asciiBytes(tokenKeyContext);
	for (let counter = 0; ; counter++) {
		const candidate = hasher.sha256(
			concatenate(context, Uint8Array.of(0), secret, Uint8Array.of(counter)),
		);
		if (isScalar(candidate)) return candidate;
	}
}

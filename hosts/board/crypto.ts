/**
 * SHA-256, P-256 and random bytes for the device program: on the chip its own hardware and C code.
 */

import { createHash, type Hash } from "node:crypto";
import { p256 } from "@noble/curves/p256";
import { bytesOf, numberOf, type Operations } from "./operations.js";
import type { Random } from "./random.js";

/** `onKeyOperation` hears of each that takes a chip long: those with P-256. */
export function cryptoOperations(
	random: Random,
	onKeyOperation: () => void = () => undefined,
): Operations {
	const digests = new Map<number, Hash>();
	let lastId = 0;
	return {
		"digest.open": () => {
			digests.set(++lastId, createHash("sha256"));
			return lastId;
		},
		"digest.write": (id, bytes) => {
			digests.get(numberOf(id))?.update(bytesOf(bytes));
			return undefined;
		},
		"digest.close": (id) => {
			const digest = digests.get(numberOf(id))?.digest();
			digests.delete(numberOf(id));
			return digest;
		},
		"crypto.random": (byteLength) => random(numberOf(byteLength)),
		"crypto.sha256": (bytes) => createHash("sha256").update(bytesOf(bytes)).digest(),
		"crypto.publicKey": (privateKey) => {
			onKeyOperation();
			return p256.getPublicKey(bytesOf(privateKey), false);
		},
		"crypto.sign": (privateKey, digest) => {
			onKeyOperation();
			return p256.sign(bytesOf(digest), bytesOf(privateKey), { lowS: false }).toCompactRawBytes();
		},
		"crypto.verify": (publicKey, digest, signature) => {
			onKeyOperation();
			try {
				return p256.verify(bytesOf(signature), bytesOf(digest), bytesOf(publicKey), {
					lowS: false,
				});
			} catch {
				return false; // A point that is not on the curve.
			}
		},
	};
}

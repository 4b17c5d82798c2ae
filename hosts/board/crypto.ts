/**
 * SHA-256, P-256 and random bytes for the device program: on the chip its own hardware and C code.
 */

import { createHash, createPublicKey, type Hash, type KeyObject, verify } from "node:crypto";
import { p256 } from "@noble/curves/p256";
import { bytesOf, numberOf, type Operations } from "./operations.js";
import type { Random } from "./random.js";

/** How many of the texts hashed last are remembered: a device verifies what it has hashed. */
const hashedMaximum = 8;
const signatureLength = 64;
const pointLength = 65;
const uncompressed = 4;

/** `onKeyOperation` hears of each that takes a chip long: those with P-256. */
export function cryptoOperations(
	random: Random,
	onKeyOperation: () => void = () => undefined,
): Operations {
	const digests = new Map<number, Hash>();
	const hashed = new Hashed();
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
		"crypto.sha256": (bytes) => hashed.hash(bytesOf(bytes)),
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
			const text = hashed.textOf(bytesOf(digest));
			return isSignature(bytesOf(publicKey), bytesOf(digest), bytesOf(signature), text);
		},
	};
}

/** The texts of some digests. */
class Hashed {
	readonly #texts = new Map<string, Uint8Array>();

	hash(bytes: Uint8Array): Buffer {
		const digest = createHash("sha256").update(bytes).digest();
		this.#texts.set(digest.toString("latin1"), Uint8Array.from(bytes));
		for (const oldest of this.#texts.keys()) {
			if (this.#texts.size <= hashedMaximum) break;
			this.#texts.delete(oldest);
		}
		return digest;
	}

	textOf(digest: Uint8Array): Uint8Array | undefined {
		return this.#texts.get(Buffer.from(digest).toString("latin1"));
	}
}

/**
 * Node verifies a signature in a fiftieth of the time, but only of the text itself. A compressed
 * point, and a signature in another form, are left to the library that takes the digest.
 */
function isSignature(
	publicKey: Uint8Array,
	digest: Uint8Array,
	signature: Uint8Array,
	text: Uint8Array | undefined,
): boolean {
	const isPlain = publicKey.length === pointLength && publicKey[0] === uncompressed;
	try {
		if (text === undefined || !isPlain || signature.length !== signatureLength) {
			return p256.verify(signature, digest, publicKey, { lowS: false });
		}
		const key = { key: keyOf(publicKey), dsaEncoding: "ieee-p1363" } as const;
		return verify("sha256", text, key, signature);
	} catch {
		return false; // A point that is not on the curve.
	}
}

/** @throws {Error} when the point isn't on the curve. */
function keyOf(point: Uint8Array): KeyObject {
	const number = (start: number): string =>
		Buffer.from(point.subarray(start, start + 32)).toString("base64url");
	const key = { kty: "EC", crv: "P-256", x: number(1), y: number(33) };
	return createPublicKey({ key, format: "jwk" });
}

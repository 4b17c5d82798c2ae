/**
 * SHA-256, P-256 and random bytes for the device program: on the chip its own hardware and C code.
 */

import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { p256 } from "@noble/curves/p256";
import { bytesOf, numberOf, type Operations } from "./operations.js";
import type { Random } from "./random.js";

/** How many of the texts hashed last are remembered: a device verifies what it has hashed. */
const hashedMaximum = 8;
/** None is longer that somebody signs, and images are. */
const textLengthMaximum = 64 * 1024;
const signatureLength = 64;
const pointLength = 65;
const uncompressed = 4;

/** `onKeyOperation` hears of each that takes a chip long: those with P-256. */
export function cryptoOperations(
	random: Random,
	onKeyOperation: () => void = () => undefined,
): Operations {
	const digests = new Map<number, OpenDigest>();
	const hashed = new Hashed();
	let lastId = 0;
	return {
		"digest.open": () => {
			digests.set(++lastId, new OpenDigest());
			return lastId;
		},
		"digest.write": (id, bytes) => {
			digests.get(numberOf(id))?.write(bytesOf(bytes));
			return undefined;
		},
		"digest.close": (id) => {
			const digest = digests.get(numberOf(id));
			digests.delete(numberOf(id));
			return digest?.close(hashed);
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
		this.keep(digest, new Uint8Array(bytes));
		return digest;
	}

	keep(digest: Buffer, text: Uint8Array): void {
		this.#texts.set(digest.toString("latin1"), text);
		for (const oldest of this.#texts.keys()) {
			if (this.#texts.size <= hashedMaximum) break;
			this.#texts.delete(oldest);
		}
	}

	textOf(digest: Uint8Array): Uint8Array | undefined {
		return this.#texts.get(Buffer.from(digest).toString("latin1"));
	}
}

/** A digest of parts, and the text that they are, as long as it isn't too long. */
class OpenDigest {
	readonly #hash = createHash("sha256");
	readonly #parts: Uint8Array[] = [];
	#length = 0;

	write(bytes: Uint8Array): void {
		this.#hash.update(bytes);
		this.#length += bytes.length;
		if (this.#length > textLengthMaximum) this.#parts.length = 0;
		else this.#parts.push(new Uint8Array(bytes));
	}

	close(hashed: Hashed): Buffer {
		const digest = this.#hash.digest();
		if (this.#length <= textLengthMaximum) hashed.keep(digest, Buffer.concat(this.#parts));
		return digest;
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

/** A device asks with the same few keys again and again: the one of the last question is kept. */
let lastKey: { readonly point: Uint8Array; readonly key: KeyObject } | undefined;

/** @throws {Error} when the point isn't on the curve. */
function keyOf(point: Uint8Array): KeyObject {
	if (lastKey === undefined || !Buffer.from(point).equals(lastKey.point)) {
		lastKey = { point: new Uint8Array(point), key: keyFrom(point) };
	}
	return lastKey.key;
}

function keyFrom(point: Uint8Array): KeyObject {
	const number = (start: number): string =>
		Buffer.from(point.subarray(start, start + 32)).toString("base64url");
	const key = { kty: "EC", crv: "P-256", x: number(1), y: number(33) };
	return createPublicKey({ key, format: "jwk" });
}

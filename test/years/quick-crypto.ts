/**
 * P-256 for a thousand boards: OpenSSL's, which is ten times as fast as the library that a board
 * has. It signs and checks messages, not digests, so the last messages that the program has hashed
 * are remembered; what isn't among them is left to the board's own.
 */

import {
	createECDH,
	createHash,
	createPrivateKey,
	createPublicKey,
	type KeyObject,
	sign,
	verify,
} from "node:crypto";
import { cryptoOperations } from "../../hosts/board/crypto.js";
import { bytesOf, numberOf, type Operations } from "../../hosts/board/operations.js";
import type { Random } from "../../hosts/board/random.js";
import { publicKeyInfo } from "../../src/protocol/key.js";

/** More than is hashed between the digest of a message and what is done with it. */
const messagesMaximum = 1024;
/** A statement is the longest message that is signed. */
const messageLengthMaximum = 8192;
const keysMaximum = 4096;
const dsaEncoding = "ieee-p1363";

interface OwnKey {
	readonly publicKey: Uint8Array;
	readonly privateKey: KeyObject;
}

export function quickCrypto(random: Random): Operations {
	const slow = cryptoOperations(random);
	const streams = new Map<number, Uint8Array[]>();
	let lastStream = 0;
	return {
		"crypto.sha256": (value) => hash(Uint8Array.from(bytesOf(value))),
		"digest.open": () => {
			streams.set(++lastStream, []);
			return lastStream;
		},
		"digest.write": (id, value) => {
			streams.get(numberOf(id))?.push(Uint8Array.from(bytesOf(value)));
			return undefined;
		},
		"digest.close": (id) => {
			const parts = streams.get(numberOf(id)) ?? [];
			streams.delete(numberOf(id));
			return hash(Buffer.concat(parts));
		},
		"crypto.publicKey": (privateKey) => ownKeyOf(bytesOf(privateKey)).publicKey.slice(),
		"crypto.sign": (privateKey, digest) => {
			const message = messageOf(bytesOf(digest));
			if (message === undefined) return slow["crypto.sign"]?.(privateKey, digest);
			const { privateKey: key } = ownKeyOf(bytesOf(privateKey));
			return sign("sha256", message, { key, dsaEncoding });
		},
		"crypto.verify": (publicKey, digest, signature) => {
			const message = messageOf(bytesOf(digest));
			if (message === undefined) return slow["crypto.verify"]?.(publicKey, digest, signature);
			const key = publicKeyOf(bytesOf(publicKey));
			return (
				key !== undefined && verify("sha256", message, { key, dsaEncoding }, bytesOf(signature))
			);
		},
	};
}

const messages = new Map<string, Uint8Array>();

function hash(message: Uint8Array): Uint8Array {
	const digest = createHash("sha256").update(message).digest();
	if (message.length > messageLengthMaximum) return digest;
	keep(messages, digest.toString("latin1"), message, messagesMaximum);
	return digest;
}

function messageOf(digest: Uint8Array): Uint8Array | undefined {
	return messages.get(Buffer.from(digest).toString("latin1"));
}

const ownKeys = new Map<string, OwnKey>();
const publicKeys = new Map<string, KeyObject>();

function ownKeyOf(bytes: Uint8Array): OwnKey {
	const name = Buffer.from(bytes).toString("latin1");
	return ownKeys.get(name) ?? keep(ownKeys, name, makeOwnKey(bytes), keysMaximum);
}

function makeOwnKey(bytes: Uint8Array): OwnKey {
	const ecdh = createECDH("prime256v1");
	ecdh.setPrivateKey(bytes);
	const publicKey = Uint8Array.from(ecdh.getPublicKey());
	const [x, y] = [publicKey.subarray(1, 33), publicKey.subarray(33)].map(base64);
	const key = { kty: "EC", crv: "P-256", d: base64(bytes), x: x ?? "", y: y ?? "" };
	return { publicKey, privateKey: createPrivateKey({ key, format: "jwk" }) };
}

/** `undefined` for a point that is not on the curve. */
function publicKeyOf(point: Uint8Array): KeyObject | undefined {
	const name = Buffer.from(point).toString("latin1");
	const known = publicKeys.get(name);
	if (known !== undefined) return known;
	try {
		const key = Buffer.from(publicKeyInfo(point));
		const made = createPublicKey({ key, format: "der", type: "spki" });
		return keep(publicKeys, name, made, keysMaximum);
	} catch {
		return undefined;
	}
}

function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("base64url");
}

/** Keeps the newest of them. */
function keep<T>(all: Map<string, T>, name: string, value: T, countMaximum: number): T {
	all.delete(name);
	all.set(name, value);
	const [oldest] = all.keys();
	if (all.size > countMaximum && oldest !== undefined) all.delete(oldest);
	return value;
}

/** Checks a request's signature: PROTOCOL.md section 4. */

import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { isSignature, publicKeyInfo, uncompressedPoint } from "../../../src/protocol/key.js";
import { createdToleranceSeconds } from "../../../src/protocol/signature.js";
import { componentOf, isDigestRight, requiredComponents, type SignedMessage } from "./message.js";
import type { SignatureInput } from "./signature-input.js";

export type Verdict = "valid" | "signature" | "clock";

/**
 * Whether `input` is a signature of this request by this key, made at about this time.
 *
 * `publicKey` is an uncompressed point that need not be on the curve; `time` is the service's clock
 * in seconds since 1970.
 */
export function verifySignature(
	message: SignedMessage,
	input: SignatureInput,
	publicKey: Uint8Array,
	time: number,
): Verdict {
	const isCovered = requiredComponents(message).every((name) => input.components.includes(name));
	if (!isCovered || !isDigestRight(message)) return "signature";
	if (Math.abs(time - input.created) > createdToleranceSeconds) return "clock";
	if (input.expires !== undefined && time >= input.expires) return "clock";
	const base = signatureBase(message, input);
	const key = importPublicKey(publicKey);
	if (base === undefined || key === undefined) return "signature";
	// Out of range, r and s must not reach the arithmetic.
	if (!isSignature(input.signature)) return "signature";
	const isRight = verify("sha256", base, { key, dsaEncoding: "ieee-p1363" }, input.signature);
	return isRight ? "valid" : "signature";
}

/** To parse a key takes twice as long as to verify with it. A kept one takes about 1 KB. */
const keysMaximum = 20_000;
const keys = new Map<string, KeyObject>();

/** The key of an uncompressed point; `undefined` for another form, or a point off the curve. */
export function importPublicKey(publicKey: Uint8Array): KeyObject | undefined {
	const name = Buffer.from(publicKey).toString("latin1");
	const kept = keys.get(name);
	if (kept !== undefined) return kept;
	const key = parsePublicKey(publicKey);
	if (key === undefined) return undefined;
	// The oldest goes: devices that ask in turn would find a small cache empty whatever goes.
	if (keys.size >= keysMaximum) keys.delete(keys.keys().next().value ?? "");
	keys.set(name, key);
	return key;
}

function parsePublicKey(publicKey: Uint8Array): KeyObject | undefined {
	if (publicKey[0] !== uncompressedPoint) return undefined; // Else a key would have two names.
	const key = Buffer.from(publicKeyInfo(publicKey));
	try {
		return createPublicKey({ key, format: "der", type: "spki" });
	} catch {
		return undefined; // OpenSSL checks the curve's equation when it reads the point.
	}
}

/** The signature base of RFC 9421 section 2.5; `undefined` when the request lacks a component. */
function signatureBase(message: SignedMessage, input: SignatureInput): Buffer | undefined {
	const lines: string[] = [];
	for (const name of input.components) {
		const value = componentOf(message, name);
		if (value === undefined) return undefined;
		lines.push('"' + name + '": ' + value);
	}
	lines.push('"@signature-params": ' + input.parameters);
	// Fields come as they were sent, one character a byte.
	return Buffer.from(lines.join("\n"), "latin1");
}

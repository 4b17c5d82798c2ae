/**
 * By which key of its platform a product's key is stated. The service isn't told that key; but an
 * ECDSA signature leaves two that it can be of (SEC 1, section 4.1.6), and devices name their own.
 */

import { p256 } from "@noble/curves/p256";
import { asciiBytes, concatenate, toHex } from "../../../src/encoding/bytes.js";
import { signatureLength } from "../../../src/protocol/key.js";
import {
	decodeSignedStatement,
	keyStatementContext,
	platformKeyName,
} from "../../../src/protocol/update.js";
import { sha256 } from "../digest.js";

const recoveries = [0, 1] as const;
/** A few of each product. */
const keptMaximum = 1000;
const kept = new Map<string, readonly string[]>();

/** The names, hexadecimal, of the keys that a key statement can be by: none for what is no one. */
export function platformKeysOf(statement: Uint8Array): readonly string[] {
	const digest = toHex(sha256(statement));
	const known = kept.get(digest);
	if (known !== undefined) return known;
	if (kept.size >= keptMaximum) kept.clear();
	const names = recover(statement);
	kept.set(digest, names);
	return names;
}

/** Whether two key statements are by the same key of the platform. */
export function areByOneKey(one: Uint8Array, other: Uint8Array): boolean {
	const names = platformKeysOf(other);
	return platformKeysOf(one).some((name) => names.includes(name));
}

function recover(statement: Uint8Array): readonly string[] {
	const decoded = decodeSignedStatement(statement);
	if (decoded?.signature.length !== signatureLength) return [];
	const message = concatenate(asciiBytes(keyStatementContext), Uint8Array.of(0), decoded.body);
	const digest = sha256(message);
	return recoveries.flatMap((recovery) => {
		try {
			const signature = p256.Signature.fromCompact(decoded.signature).addRecoveryBit(recovery);
			const point = signature.recoverPublicKey(digest).toRawBytes(false);
			return [toHex(platformKeyName(point, { sha256 }))];
		} catch {
			return [];
		}
	});
}

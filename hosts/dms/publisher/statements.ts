/**
 * What a publisher signs: whose key speaks for a product, and what a bundle is. The service carries
 * these statements and checks them, but has none of the keys.
 */

import { type KeyObject, sign, verify } from "node:crypto";
import { asciiBytes, concatenate, equal } from "../../../src/encoding/bytes.js";
import { isSignature } from "../../../src/protocol/key.js";
import {
	countSigners,
	isKeySet,
	setSignatureLength,
	thresholdOf,
} from "../../../src/protocol/key-set.js";
import { decodeMap, encodeMap, type MessagePackMap } from "../../../src/protocol/message-pack.js";
import {
	decodeKeyStatement,
	decodeSignedStatement,
	decodeStatement,
	type KeyStatement,
	keyStatementContext,
	type Statement,
	statementContext,
} from "../../../src/protocol/update.js";
import { publicPointOf } from "../authority/credential.js";
import { sha256 } from "../digest.js";
import { importPublicKey } from "../signature/verification.js";

/**
 * A key statement as it goes over the wire, signed by the platform's key. Where a key set goes
 * before, `consenting` are its keys: enough of them have to sign it too.
 */
export function signKeyStatement(
	{ product, platform, generation, key }: KeyStatement,
	platformKey: KeyObject,
	consenting?: Uint8Array,
): Uint8Array {
	const made = signed(keyStatementContext, { product, platform, generation, key }, platformKey);
	if (consenting === undefined) return made;
	return encodeMap({ ...decodeMap(made), keys: consenting });
}

/** The statement with what the signers of another one of the same body have said. */
export function withSignersOf(bytes: Uint8Array, other: Uint8Array | undefined): Uint8Array {
	const several = other && decodeSignedStatement(other)?.several;
	return several === undefined ? bytes : encodeMap({ ...decodeMap(bytes), ...several });
}

/** A bundle's statement as it goes over the wire, signed by the product's key. */
export function signStatement(statement: Statement, productKey: KeyObject): Uint8Array {
	return signed(statementContext, fieldsOf(statement), productKey);
}

/** A bundle's statement that nobody has signed yet, with all keys of those who may. */
export function unsignedStatement(statement: Statement, keys: Uint8Array): Uint8Array {
	return encodeMap({ body: encodeMap(fieldsOf(statement)), keys });
}

function fieldsOf(statement: Statement): MessagePackMap {
	const { product, platform, version, sequence, floor, expires, length, digest } = statement;
	const { blockLength: block, blockDigests: blocks } = statement;
	const image = { length, digest, block, blocks };
	const life = expires === undefined ? {} : { expires };
	return { product, platform, version, sequence, floor, ...life, ...image };
}

/** What kind of statement several people sign. */
export type SignedKind = typeof statementContext | typeof keyStatementContext;

/**
 * The statement with one more signature of those who may sign; the same one when it has that.
 * `undefined` when the key is none of theirs.
 */
export function addSignature(
	bytes: Uint8Array,
	context: SignedKind,
	signer: KeyObject,
): Uint8Array | undefined {
	const several = decodeSignedStatement(bytes);
	if (several?.several === undefined) return undefined;
	const { keys, signatures } = several.several;
	const point = publicPointOf(signer);
	const index = indexIn(keys, point);
	if (index < 0) return undefined;
	const entries = new Map<number, Uint8Array>();
	for (let start = 0; start < signatures.length; start += setSignatureLength) {
		const entry = signatures.slice(start, start + setSignatureLength);
		entries.set(entry[0] ?? 0, entry);
	}
	const message = messageOf(context, several.body);
	const signature = sign("sha256", message, { key: signer, dsaEncoding: "ieee-p1363" });
	entries.set(index, Uint8Array.from([index, ...signature]));
	const inOrder = [...entries].sort(([left], [right]) => left - right).map(([, entry]) => entry);
	return encodeMap({ ...decodeMap(bytes), signatures: concatenate(...inOrder) });
}

function indexIn(keys: Uint8Array, point: Uint8Array): number {
	for (let start = 0; start < keys.length; start += point.length) {
		if (equal(keys.subarray(start, start + point.length), point)) return start / point.length;
	}
	return -1;
}

/** How many of a key set have signed, of how many that have to. */
export interface Signers {
	readonly present: number;
	readonly needed: number;
}

/** Who of `set` has signed; `undefined` when it is no statement with that set's keys. */
export function signersIn(
	bytes: Uint8Array,
	context: SignedKind,
	set: Uint8Array,
): Signers | undefined {
	const statement = decodeSignedStatement(bytes);
	if (statement?.several === undefined || !isKeySet(set)) return undefined;
	const { keys } = statement.several;
	if (!equal(sha256(keys), set.subarray(1))) return undefined;
	const message = messageOf(context, statement.body);
	const present = countSigners(set, statement.several, { sha256 }, (point, signature) =>
		isSignedBy(message, point, signature),
	);
	return { present, needed: thresholdOf(set) };
}

/** What a key statement says; the platform's key, which only devices know, is not asked. */
export function readKeyStatement(bytes: Uint8Array): KeyStatement | undefined {
	const signedBody = decodeSignedStatement(bytes);
	const statement = signedBody && decodeKeyStatement(signedBody.body);
	if (statement === undefined) return undefined;
	return isKeySet(statement.key) || importPublicKey(statement.key) ? statement : undefined;
}

/** What a bundle's statement says, when this product key, or enough of a key set, has signed it. */
export function readStatement(bytes: Uint8Array, productKey: Uint8Array): Statement | undefined {
	const signedBody = decodeSignedStatement(bytes);
	if (signedBody === undefined) return undefined;
	if (isKeySet(productKey)) {
		const { present = 0, needed = 1 } = signersIn(bytes, statementContext, productKey) ?? {};
		return present >= needed ? decodeStatement(signedBody.body) : undefined;
	}
	const message = messageOf(statementContext, signedBody.body);
	const isRight = isSignedBy(message, productKey, signedBody.signature);
	return isRight ? decodeStatement(signedBody.body) : undefined;
}

/** How many keys have signed a statement that several sign; 0 for any other. */
export function signatureCount(bytes: Uint8Array): number {
	const { signatures } = decodeSignedStatement(bytes)?.several ?? {};
	return signatures === undefined ? 0 : Math.floor(signatures.length / setSignatureLength);
}

/** What a bundle's statement says, whoever has signed it. */
export function readUnsigned(bytes: Uint8Array): Statement | undefined {
	const signedBody = decodeSignedStatement(bytes);
	return signedBody && decodeStatement(signedBody.body);
}

function isSignedBy(message: Uint8Array, point: Uint8Array, signature: Uint8Array): boolean {
	const key = importPublicKey(point);
	if (key === undefined || !isSignature(signature)) return false;
	return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
}

function signed(context: string, fields: MessagePackMap, key: KeyObject): Uint8Array {
	const body = encodeMap(fields);
	const message = messageOf(context, body);
	const signature = sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
	return encodeMap({ body, signature: Uint8Array.from(signature) });
}

/** The context keeps a signature of one kind from passing for one of another. */
function messageOf(context: string, body: Uint8Array): Uint8Array {
	return concatenate(asciiBytes(context), Uint8Array.of(0), body);
}

/**
 * What a publisher signs: whose key speaks for a product, and what a bundle is. The service carries
 * these statements and checks them, but has none of the keys.
 */

import { type KeyObject, sign, verify } from "node:crypto";
import { asciiBytes, concatenate } from "../../../src/encoding/bytes.js";
import { isSignature } from "../../../src/protocol/key.js";
import { encodeMap, type MessagePackMap } from "../../../src/protocol/message-pack.js";
import {
	decodeKeyStatement,
	decodeSignedStatement,
	decodeStatement,
	type KeyStatement,
	keyStatementContext,
	type Statement,
	statementContext,
} from "../../../src/protocol/update.js";
import { importPublicKey } from "../signature/verification.js";

/** A key statement as it goes over the wire, signed by the platform's key. */
export function signKeyStatement(statement: KeyStatement, platformKey: KeyObject): Uint8Array {
	const { product, platform, generation, key } = statement;
	return signed(keyStatementContext, { product, platform, generation, key }, platformKey);
}

/** A bundle's statement as it goes over the wire, signed by the product's key. */
export function signStatement(statement: Statement, productKey: KeyObject): Uint8Array {
	const { product, platform, version, sequence, floor, expires, length, digest } = statement;
	const { blockLength: block, blockDigests: blocks } = statement;
	const image = { length, digest, block, blocks };
	const life = expires === undefined ? {} : { expires };
	const body = { product, platform, version, sequence, floor, ...life, ...image };
	return signed(statementContext, body, productKey);
}

/** What a key statement says; the platform's key, which only devices know, is not asked. */
export function readKeyStatement(bytes: Uint8Array): KeyStatement | undefined {
	const signedBody = decodeSignedStatement(bytes);
	const statement = signedBody && decodeKeyStatement(signedBody.body);
	return statement && importPublicKey(statement.key) ? statement : undefined;
}

/** What a bundle's statement says, when this product key has signed it. */
export function readStatement(bytes: Uint8Array, productKey: Uint8Array): Statement | undefined {
	const signedBody = decodeSignedStatement(bytes);
	if (signedBody === undefined || !isSignature(signedBody.signature)) return undefined;
	const message = messageOf(statementContext, signedBody.body);
	const key = importPublicKey(productKey);
	if (key === undefined) return undefined;
	const isRight = verify(
		"sha256",
		message,
		{ key, dsaEncoding: "ieee-p1363" },
		signedBody.signature,
	);
	return isRight ? decodeStatement(signedBody.body) : undefined;
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

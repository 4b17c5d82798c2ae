/** A publisher of firmware: the platform's key, a product's key, and what they sign. */

import { createHash } from "node:crypto";
import { p256 } from "@noble/curves/p256";
import { decodeMap, encodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
import { keyStatementContext, statementContext } from "../../src/protocol/update.js";

type Overrides = { readonly [field: string]: MessagePackMap[string] | undefined };

export const product = "ACME-LAMP";

export interface Keys {
	readonly privateKey: Uint8Array;
	readonly publicKey: Uint8Array;
}

/** A pair that is the same in each run: the private key is made of a name. */
export function keysOf(name: string): Keys {
	const privateKey = createHash("sha256").update(name).digest();
	return { privateKey, publicKey: p256.getPublicKey(privateKey, false) };
}

export const platformKeys = keysOf("platform");
export const productKeys = keysOf("product");

/** The platform's word for a product's key; `overrides` replace fields, or leave them out. */
export function keyStatement(overrides: Overrides = {}, signer = platformKeys): Uint8Array {
	const { publicKey: key } = productKeys;
	const fields = { product, platform: "board", generation: 1, key, ...overrides };
	return signed(keyStatementContext, fields, signer);
}

/** The publisher's word for an image, in the smallest blocks whose digests have room in it. */
export function statement(
	image: Uint8Array,
	overrides: Overrides = {},
	signer = productKeys,
): Uint8Array {
	let block = typeof overrides.block === "number" ? overrides.block : 4096;
	while (overrides.block === undefined && Math.ceil(image.length / block) > 100) block += 4096;
	const digests: Uint8Array[] = [];
	for (let start = 0; start < image.length; start += block) {
		digests.push(sha256(image.subarray(start, start + block)));
	}
	const fields = {
		...{ product, platform: "board", version: "0.2.0.0", sequence: 1, floor: "0.0.0.0" },
		...{ length: image.length, digest: sha256(image), block, blocks: Buffer.concat(digests) },
		...overrides,
	};
	return signed(statementContext, fields, signer);
}

function signed(context: string, fields: Overrides, signer: Keys): Uint8Array {
	const body = encodeMap(fields);
	return encodeMap({ body, signature: signatureOf(context, body, signer) });
}

function signatureOf(context: string, body: Uint8Array, { privateKey }: Keys): Uint8Array {
	const digest = sha256(Buffer.concat([Buffer.from(context), Buffer.of(0), body]));
	return p256.sign(digest, privateKey, { lowS: false }).toCompactRawBytes();
}

/** Keys of which `threshold` have to sign. */
export interface KeySet {
	/** What stands in a key statement in the place of a key. */
	readonly key: Uint8Array;
	readonly members: readonly Keys[];
}

export function keySetOf(threshold: number, ...keys: readonly Keys[]): KeySet {
	const members = [...keys].sort((left, right) => Buffer.compare(left.publicKey, right.publicKey));
	return { key: Buffer.concat([Buffer.of(threshold), sha256(keysIn(members))]), members };
}

/** A statement, of a key or an image, with what these members of a set say to it. */
export function withSignatures(
	bytes: Uint8Array,
	context: string,
	{ members }: Pick<KeySet, "members">,
	...signers: readonly Keys[]
): Uint8Array {
	const map = decodeMap(bytes) ?? {};
	const { body } = map;
	if (!(body instanceof Uint8Array)) throw new Error("that is no statement");
	const numbered = signers.map((signer) => [members.indexOf(signer), signer] as const);
	const entries = numbered
		.sort(([left], [right]) => left - right)
		.map(([index, signer]) => {
			return Buffer.concat([Buffer.of(index), signatureOf(context, body, signer)]);
		});
	return encodeMap({ ...map, keys: keysIn(members), signatures: Buffer.concat(entries) });
}

function keysIn(members: readonly Keys[]): Uint8Array {
	return Buffer.concat(members.map(({ publicKey }) => publicKey));
}

export function sha256(bytes: Uint8Array): Uint8Array {
	return createHash("sha256").update(bytes).digest();
}

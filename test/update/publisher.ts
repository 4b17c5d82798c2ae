/** A publisher of firmware: the platform's key, a product's key, and what they sign. */

import { createHash } from "node:crypto";
import { p256 } from "@noble/curves/p256";
import { encodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
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

/** The publisher's word for an image. */
export function statement(
	image: Uint8Array,
	overrides: Overrides = {},
	signer = productKeys,
): Uint8Array {
	const block = typeof overrides.block === "number" ? overrides.block : 4096;
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

function signed(context: string, fields: Overrides, { privateKey }: Keys): Uint8Array {
	const body = encodeMap(fields);
	const digest = sha256(Buffer.concat([Buffer.from(context), Buffer.of(0), body]));
	const signature = p256.sign(digest, privateKey, { lowS: false }).toCompactRawBytes();
	return encodeMap({ body, signature });
}

export function sha256(bytes: Uint8Array): Uint8Array {
	return createHash("sha256").update(bytes).digest();
}

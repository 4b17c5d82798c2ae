/** TLS's pseudorandom function with SHA-256: RFC 5246, section 5. */

import { asciiBytes, concatenate } from "../../../src/encoding/bytes.js";
import type { Crypto } from "../../../src/host.js";
import { hmac } from "../hmac.js";

/** `byteLength` bytes that `secret`, an ASCII `label` and `seed` stand for. */
export function pseudorandom(
	crypto: Crypto,
	secret: Uint8Array,
	label: string,
	seed: Uint8Array,
	byteLength: number,
): Uint8Array {
	const labelled = concatenate(asciiBytes(label), seed);
	const bytes = new Uint8Array(byteLength);
	let chain = labelled;
	let block;
	for (let offset = 0; offset < byteLength; offset += block.length) {
		chain = hmac(crypto, secret, chain);
		block = hmac(crypto, secret, chain, labelled);
		bytes.set(block.subarray(0, byteLength - offset), offset);
	}
	return bytes;
}

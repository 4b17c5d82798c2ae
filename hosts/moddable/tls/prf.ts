/** TLS's pseudorandom function with SHA-256: RFC 5246, section 5. */

import { asciiBytes, concatenate } from "../../../src/encoding/bytes.js";
import type { Crypto } from "../../../src/host.js";

const blockLength = 64;
const innerPadding = 0x36;
const outerPadding = 0x5c;

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

/** HMAC-SHA256 (RFC 2104); no key of TLS 1.2 is longer than a block of SHA-256. */
function hmac(crypto: Crypto, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
	const inner = crypto.digest();
	inner.write(padded(key, innerPadding));
	for (const part of parts) inner.write(part);
	const outer = crypto.digest();
	outer.write(padded(key, outerPadding));
	outer.write(inner.close());
	return outer.close();
}

function padded(key: Uint8Array, padding: number): Uint8Array {
	const block = new Uint8Array(blockLength);
	block.set(key);
	return block.map((byte) => byte ^ padding);
}

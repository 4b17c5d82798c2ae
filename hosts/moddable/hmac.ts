/** HMAC-SHA256: RFC 2104. */

import type { Crypto } from "../../src/host.js";

const blockLength = 64;
const innerPadding = 0x36;
const outerPadding = 0x5c;

/** The authenticator of all parts, one behind the other. `key` has at most 64 bytes. */
export function hmac(
	crypto: Pick<Crypto, "digest">,
	key: Uint8Array,
	...parts: readonly Uint8Array[]
): Uint8Array {
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

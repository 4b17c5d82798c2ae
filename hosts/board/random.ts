/** Random bytes for a board: the machine's, or ones that a seed repeats. */

import { createHash, randomBytes } from "node:crypto";

export type Random = (byteLength: number) => Uint8Array;

export const realRandom: Random = (byteLength) => randomBytes(byteLength);

/**
 * SHA-256 of the seed and a counter, again and again: the same bytes for the same seed, for tests
 * only.
 */
export function seededRandom(seed: number | string): Random {
	let counter = 0;
	let stock = Buffer.alloc(0);
	return (byteLength) => {
		while (stock.length < byteLength) {
			const block = createHash("sha256")
				.update(seed + ":" + counter++)
				.digest();
			stock = Buffer.concat([stock, block]);
		}
		const bytes = stock.subarray(0, byteLength);
		stock = stock.subarray(byteLength);
		return Uint8Array.from(bytes);
	};
}

/** CRC-32 of ISO-HDLC (the one of Ethernet, zip and PNG). */

import { byteAt } from "./bytes.js";

const reversedPolynomial = 0xedb88320;

/**
 * The checksum of `bytes` from `start`, as an unsigned 32-bit number; `previous` is that of what
 * comes before them. Bit by bit: records are small.
 */
export function crc32(bytes: Uint8Array, start = 0, previous = 0): number {
	let crc = ~previous;
	for (let index = start; index < bytes.length; index++) {
		crc ^= byteAt(bytes, index);
		for (let bit = 0; bit < 8; bit++) {
			crc = crc & 1 ? (crc >>> 1) ^ reversedPolynomial : crc >>> 1;
		}
	}
	return ~crc >>> 0;
}

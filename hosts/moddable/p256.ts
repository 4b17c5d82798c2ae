/** P-256 with the SDK's arithmetic, whose own checks are not enough. */

import Curve from "curve";
import ECPoint from "ecp";
import Modular from "modular";
import { privateKeyLength, publicKeyLength, uncompressedPoint } from "../../src/protocol/key.js";

const coordinateLength = privateKeyLength;

export function newCurve(): Curve {
	return new Curve("secp256r1");
}

/** The point of a public key, when it is one of the curve: y² = x³ + ax + b modulo m. */
export function pointOf(publicKey: Uint8Array): ECPoint | undefined {
	if (publicKey.length !== publicKeyLength || publicKey[0] !== uncompressedPoint) return undefined;
	const x = numberOf(publicKey.subarray(1, 1 + coordinateLength));
	const y = numberOf(publicKey.subarray(1 + coordinateLength));
	const { a, b, m } = newCurve().ec;
	const isOn = x < m && y < m && (y * y - (x * x + a) * x - b) % m === 0n;
	return isOn ? new ECPoint(x, y) : undefined;
}

/**
 * FIPS 186-5, section 6.4.2. The SDK's own never returns for a signature with s = 0, and takes the
 * wrong bytes for r and s when either is short.
 */
export function verify(publicKey: ECPoint, digest: bigint, r: bigint, s: bigint): boolean {
	const { G, ec, n } = newCurve();
	if (r < 1n || r >= n || s < 1n || s >= n) return false;
	const inverse = new Modular(n).mulinv(s);
	const u1 = (digest * inverse) % n;
	const u2 = (r * inverse) % n;
	const point = ec.mul2(G, u1, publicKey, u2);
	return !point.isZero() && point.X % n === r;
}

/** The SDK's modules want whole buffers, not views. */
export function wholeBuffer(bytes: Uint8Array): ArrayBuffer {
	return bytes.slice().buffer;
}

/** Big-endian. */
export function numberOf(bytes: Uint8Array): bigint {
	return BigInt.fromArrayBuffer(wholeBuffer(bytes));
}

/** A coordinate or a scalar, in its 32 bytes. */
export function bytesOf(value: bigint): Uint8Array {
	const significant = new Uint8Array(ArrayBuffer.fromBigInt(value));
	const bytes = new Uint8Array(coordinateLength);
	bytes.set(significant, coordinateLength - significant.length);
	return bytes;
}

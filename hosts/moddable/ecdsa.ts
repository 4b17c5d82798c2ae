/**
 * ECDSA in place of the SDK's own module of this name, with its interface: TLS checks certificates
 * with it. The SDK's never returns for a signature with s = 0, and takes the wrong bytes for r and
 * s when either is short.
 */

import BER from "ber";
import type Curve from "curve";
import type ECPoint from "ecp";
import Modular from "modular";

export default class ECDSA {
	readonly #publicKey: ECPoint;
	readonly #curve: Curve;

	constructor(publicKey: ECPoint, curve: Curve) {
		this.#publicKey = publicKey;
		this.#curve = curve;
	}

	/**
	 * A signature is DER, or r and s one behind the other. Of the second kind TLS makes some in which
	 * either lacks its leading zeros: where they meet is then unknown, and each place is tried.
	 */
	verify(digest: ArrayBuffer, signature: ArrayBuffer, isDER?: boolean): boolean {
		if (isDER === true) {
			const sequence = new BER(new BER(signature).getSequence());
			const r = sequence.getInteger();
			return this.#verify(digest, r, sequence.getInteger());
		}
		const size = this.#curve.orderSize;
		const length = signature.byteLength;
		for (let place = Math.max(length - size, 0); place <= size && place <= length; place++) {
			const r = BigInt.fromArrayBuffer(signature.slice(0, place));
			const s = BigInt.fromArrayBuffer(signature.slice(place));
			if (this.#verify(digest, r, s)) return true;
		}
		return false;
	}

	/** FIPS 186-5, section 6.4.2. */
	#verify(digest: ArrayBuffer, r: bigint, s: bigint): boolean {
		const { G, ec, n } = this.#curve;
		if (r < 1n || r >= n || s < 1n || s >= n || !isOn(this.#curve, this.#publicKey)) return false;
		const inverse = new Modular(n).mulinv(s);
		const u1 = (BigInt.fromArrayBuffer(digest) * inverse) % n;
		const u2 = (r * inverse) % n;
		const point = ec.mul2(G, u1, this.#publicKey, u2);
		return !point.isZero() && point.X % n === r;
	}
}

/** Whether a point is one of the curve: y² = x³ + ax + b modulo m, and not zero. */
function isOn(curve: Curve, point: ECPoint): boolean {
	const { a, b, m } = curve.ec;
	const { X: x, Y: y } = point;
	if (x < 0n || x >= m || y < 0n || y >= m) return false;
	return (y * y - (x * x + a) * x - b) % m === 0n;
}

/** SHA-256 and P-256 with the SDK's arithmetic. */

import { Digest as SHA } from "crypt";
import Modular from "modular";
import { concatenate } from "../../src/encoding/bytes.js";
import type { Crypto, Digest } from "../../src/host.js";
import { signatureLength, uncompressedPoint } from "../../src/protocol/key.js";
import { hmac } from "./hmac.js";
import { bytesOf, newCurve, numberOf, pointOf, verify, wholeBuffer } from "./p256.js";

export class ModdableCrypto implements Crypto {
	sha256(bytes: Uint8Array): Uint8Array {
		const digest = this.digest();
		digest.write(bytes);
		return digest.close();
	}

	digest(): Digest {
		return new ModdableDigest();
	}

	random(byteLength: number): Uint8Array {
		return new Uint8Array(this.generate(byteLength));
	}

	/** The machine's generator, in C: the SDK's own may repeat itself. */
	private generate(byteLength: number): ArrayBuffer {
		return native("opendms_random").call(this, byteLength) as ArrayBuffer;
	}

	publicKey(privateKey: Uint8Array): Uint8Array {
		const { G, ec } = newCurve();
		const point = ec.mul(G, numberOf(privateKey));
		return concatenate(Uint8Array.of(uncompressedPoint), bytesOf(point.X), bytesOf(point.Y));
	}

	/** FIPS 186-5, section 6.4.1, with the candidates for k of RFC 6979, section 3.2. */
	sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array {
		const { G, ec, n } = newCurve();
		const number = numberOf(digest);
		const seed = concatenate(privateKey, bytesOf(number % n));
		let key: Uint8Array = new Uint8Array(32);
		let value: Uint8Array = new Uint8Array(32).fill(1);
		const stir = (behind: Uint8Array): void => {
			key = hmac(this, key, value, behind);
			value = hmac(this, key, value);
		};
		stir(concatenate(Uint8Array.of(0), seed));
		stir(concatenate(Uint8Array.of(1), seed));
		for (;;) {
			value = hmac(this, key, value);
			const k = numberOf(value);
			if (k >= 1n && k < n) {
				const r = ec.mul(G, k).X % n;
				const s = (((number + numberOf(privateKey) * r) % n) * new Modular(n).mulinv(k)) % n;
				if (r !== 0n && s !== 0n) return concatenate(bytesOf(r), bytesOf(s));
			}
			stir(Uint8Array.of(0));
		}
	}

	verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
		const point = pointOf(publicKey);
		if (point === undefined || signature.length !== signatureLength) return false;
		const half = signatureLength / 2;
		const r = numberOf(signature.subarray(0, half));
		return verify(point, numberOf(digest), r, numberOf(signature.subarray(half)));
	}
}

class ModdableDigest implements Digest {
	private readonly digest = new SHA("SHA256");

	write(bytes: Uint8Array): void {
		this.digest.write(wholeBuffer(bytes));
	}

	close(): Uint8Array {
		return new Uint8Array(this.digest.close());
	}
}

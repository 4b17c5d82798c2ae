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

	/** FIPS 186-5, section 6.4.1. */
	sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array {
		const { G, ec, n } = newCurve();
		const key = numberOf(privateKey);
		const order = new Modular(n);
		const nonces = new Nonces(this, privateKey, bytesOf(numberOf(digest) % n));
		for (;;) {
			const k = nonces.next();
			if (k < 1n || k >= n) continue;
			const r = ec.mul(G, k).X % n;
			const s = (((numberOf(digest) + key * r) % n) * order.mulinv(k)) % n;
			if (r !== 0n && s !== 0n) return concatenate(bytesOf(r), bytesOf(s));
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

/** The candidates for k of RFC 6979, section 3.2. */
class Nonces {
	private readonly crypto: Crypto;
	private key: Uint8Array = new Uint8Array(32);
	private value: Uint8Array = new Uint8Array(32).fill(1);
	private isFirst = true;

	constructor(crypto: Crypto, privateKey: Uint8Array, digest: Uint8Array) {
		this.crypto = crypto;
		this.stir(concatenate(Uint8Array.of(0), privateKey, digest));
		this.stir(concatenate(Uint8Array.of(1), privateKey, digest));
	}

	next(): bigint {
		if (!this.isFirst) this.stir(Uint8Array.of(0));
		this.isFirst = false;
		this.value = hmac(this.crypto, this.key, this.value);
		return numberOf(this.value);
	}

	private stir(behind: Uint8Array): void {
		this.key = hmac(this.crypto, this.key, this.value, behind);
		this.value = hmac(this.crypto, this.key, this.value);
	}
}

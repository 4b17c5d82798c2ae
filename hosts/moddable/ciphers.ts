/** What TLS takes of cryptography, with the SDK's AES and arithmetic. */

import { BlockCipher } from "crypt";
import GCM from "gcm";
import { bytesOf, newCurve, numberOf, pointOf, wholeBuffer } from "./p256.js";
import type { Aead, Ciphers } from "./tls/ciphers.js";

export class ModdableCiphers implements Ciphers {
	aes128Gcm(key: Uint8Array): Aead {
		return new ModdableAead(new GCM(new BlockCipher("AES", wholeBuffer(key))));
	}

	sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
		const point = pointOf(publicKey);
		if (point === undefined) return undefined;
		const product = newCurve().ec.mul(point, numberOf(privateKey));
		return product.isZero() ? undefined : bytesOf(product.X);
	}
}

class ModdableAead implements Aead {
	private readonly gcm: GCM;

	constructor(gcm: GCM) {
		this.gcm = gcm;
	}

	seal(nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): Uint8Array {
		return this.process(nonce, additional, plain, true) ?? new Uint8Array(0);
	}

	open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
		return this.process(nonce, additional, sealed, false);
	}

	private process(
		nonce: Uint8Array,
		additional: Uint8Array,
		data: Uint8Array,
		isEncrypted: boolean,
	): Uint8Array | undefined {
		const head = wholeBuffer(additional);
		const result = this.gcm.process(data, undefined, wholeBuffer(nonce), head, isEncrypted);
		return result && new Uint8Array(result);
	}
}

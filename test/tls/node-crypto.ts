/** What TLS takes of cryptography, by Node's: the ports of a host without one. */

import { createCipheriv, createDecipheriv, createECDH, randomBytes } from "node:crypto";
import { cryptoOperations } from "../../hosts/board/crypto.js";
import { BoardCrypto } from "../../hosts/board/device/crypto.js";
import type { Aead, Ciphers } from "../../hosts/moddable/tls/ciphers.js";
import type { Crypto } from "../../src/host.js";

const tagLength = 16;

export function nodeCrypto(): Crypto {
	const operations = cryptoOperations((byteLength) => randomBytes(byteLength));
	return new BoardCrypto((name, ...values) => {
		const given = values.map((value) =>
			value instanceof ArrayBuffer ? new Uint8Array(value) : value,
		);
		const answer = operations[name]?.(...given);
		return answer instanceof Uint8Array ? Uint8Array.from(answer).buffer : answer;
	});
}

export const nodeCiphers: Ciphers = {
	aes128Gcm: (key) => new NodeAead(key),
	sharedSecret(privateKey, publicKey) {
		const ecdh = createECDH("prime256v1");
		ecdh.setPrivateKey(privateKey);
		try {
			return Uint8Array.from(ecdh.computeSecret(publicKey));
		} catch {
			return undefined; // No point of the curve.
		}
	},
};

class NodeAead implements Aead {
	readonly #key: Uint8Array;

	constructor(key: Uint8Array) {
		this.#key = key;
	}

	seal(nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): Uint8Array {
		const cipher = createCipheriv("aes-128-gcm", this.#key, nonce);
		cipher.setAAD(additional);
		return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
	}

	open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
		const decipher = createDecipheriv("aes-128-gcm", this.#key, nonce);
		decipher.setAAD(additional);
		decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
		try {
			const plain = decipher.update(sealed.subarray(0, sealed.length - tagLength));
			return Buffer.concat([plain, decipher.final()]);
		} catch {
			return undefined;
		}
	}
}

/** What TLS takes of cryptography beyond the `Crypto` port. Types only. */

export interface Ciphers {
	/** AES-128-GCM with tags of 16 bytes (NIST SP 800-38D). `key` has 16 bytes. */
	aes128Gcm(key: Uint8Array): Aead;
	/** ECDH with P-256: the x of the product, or `undefined` when the point isn't of the curve. */
	sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
}

/** Authenticated encryption. A nonce has 12 bytes, and is used for one `seal` only. */
export interface Aead {
	/** The ciphertext with its tag behind. */
	seal(nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): Uint8Array;
	/** `undefined` when anything of it was changed. */
	open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

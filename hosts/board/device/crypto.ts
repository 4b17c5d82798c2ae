/** The board's cryptography: its generator and its P-256 stand for the chip's. */

import type { Crypto } from "../../../src/host.js";
import { bytesFrom, type Call } from "./link.js";

export class BoardCrypto implements Crypto {
	readonly #call: Call;

	constructor(call: Call) {
		this.#call = call;
	}

	sha256(bytes: Uint8Array): Uint8Array {
		return bytesFrom(this.#call("crypto.sha256", bytes));
	}

	random(byteLength: number): Uint8Array {
		return bytesFrom(this.#call("crypto.random", byteLength));
	}

	publicKey(privateKey: Uint8Array): Uint8Array {
		return bytesFrom(this.#call("crypto.publicKey", privateKey));
	}

	sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array {
		return bytesFrom(this.#call("crypto.sign", privateKey, digest));
	}

	verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
		return this.#call("crypto.verify", publicKey, digest, signature) === true;
	}
}

/** The board's cryptography: its generator and its P-256 stand for the chip's. */

import type { Crypto, Digest } from "../../../src/host.js";
import { bytesFrom, type Call, type Value } from "./link.js";

export class BoardCrypto implements Crypto {
	private readonly call: Call;

	constructor(call: Call) {
		this.call = call;
	}

	sha256(bytes: Uint8Array): Uint8Array {
		return bytesFrom(this.call("crypto.sha256", bytes));
	}

	digest(): Digest {
		return new BoardDigest(this.call);
	}

	random(byteLength: number): Uint8Array {
		return bytesFrom(this.call("crypto.random", byteLength));
	}

	publicKey(privateKey: Uint8Array): Uint8Array {
		return bytesFrom(this.call("crypto.publicKey", privateKey));
	}

	sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array {
		return bytesFrom(this.call("crypto.sign", privateKey, digest));
	}

	verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
		return this.call("crypto.verify", publicKey, digest, signature) === true;
	}
}

class BoardDigest implements Digest {
	private readonly call: Call;
	private readonly id: Value;

	constructor(call: Call) {
		this.call = call;
		this.id = call("digest.open");
	}

	write(bytes: Uint8Array): void {
		this.call("digest.write", this.id, bytes);
	}

	close(): Uint8Array {
		return bytesFrom(this.call("digest.close", this.id));
	}
}

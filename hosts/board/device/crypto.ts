/** The board's cryptography: its generator and its P-256 stand for the chip's. */

import type { Crypto } from "../../../src/host.js";
import { bytesFrom, type Link } from "./link.js";

/** Functions, not methods: they are handed around on their own. */
export function boardCrypto(link: Link): Crypto {
	const { call } = link;
	return {
		sha256: (bytes) => bytesFrom(call("crypto.sha256", bytes)),
		random: (byteLength) => bytesFrom(call("crypto.random", byteLength)),
		publicKey: (privateKey) => bytesFrom(call("crypto.publicKey", privateKey)),
		sign: (privateKey, digest) => bytesFrom(call("crypto.sign", privateKey, digest)),
		verify: (publicKey, digest, signature) =>
			call("crypto.verify", publicKey, digest, signature) === true,
	};
}

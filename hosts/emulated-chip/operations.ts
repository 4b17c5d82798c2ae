/** How long the chip's processor works on what costs it most, by its own clock. */

import Time from "time";
import { ModdableCrypto } from "../moddable/crypto.js";

const blockLength = 4096;
/** One alone is over before the clock has moved. */
const blocks = 64;

/** Milliseconds of a public key, a signature, a verification, and SHA-256 of 256 KB. */
export function timesOfOperations(): string {
	const crypto = new ModdableCrypto();
	const key = new Uint8Array(32).fill(1);
	const digest = crypto.sha256(key);
	const publicKey = crypto.publicKey(key);
	const signature = crypto.sign(key, digest);
	const hash = (): void => {
		const hashing = crypto.digest();
		const block = new Uint8Array(blockLength);
		for (let index = 0; index < blocks; index++) hashing.write(block);
		hashing.close();
	};
	return [
		millisecondsOf(() => crypto.publicKey(key)),
		millisecondsOf(() => crypto.sign(key, digest)),
		millisecondsOf(() => crypto.verify(publicKey, digest, signature)),
		millisecondsOf(hash),
	].join(" ");
}

function millisecondsOf(operation: () => unknown): number {
	const start = Time.ticks;
	operation();
	return Time.ticks - start;
}

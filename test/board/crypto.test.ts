import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { cryptoOperations } from "../../hosts/board/crypto.js";
import { bytesOf, type Operations } from "../../hosts/board/operations.js";

const draw = (byteLength: number): Uint8Array => randomBytes(byteLength);

/** One that knows the text of each digest below, and one that is given digests alone. */
const knowing = cryptoOperations(draw);
const unknowing = cryptoOperations(draw);

const text = Buffer.from("what is signed");
const key = Buffer.alloc(32, 7);

function call(operations: Operations, name: string, ...values: Uint8Array[]): unknown {
	return operations[name]?.(...values);
}

function verdicts(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): unknown[] {
	return [knowing, unknowing].map((operations) =>
		call(operations, "crypto.verify", publicKey, digest, signature),
	);
}

function* flips(bytes: Uint8Array): Generator<Buffer> {
	for (let bit = 0; bit < 8 * bytes.length; bit += 5) {
		const flipped = Buffer.from(bytes);
		flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		yield flipped;
	}
}

test("a signature is judged alike whether the board has hashed its text or not", () => {
	const id = call(knowing, "digest.open");
	for (const part of [text.subarray(0, 5), text.subarray(5)]) {
		knowing["digest.write"]?.(id as number, part);
	}
	const digest = bytesOf(knowing["digest.close"]?.(id as number));
	assert.deepEqual(digest, bytesOf(call(knowing, "crypto.sha256", text) as Uint8Array));
	const publicKey = bytesOf(call(knowing, "crypto.publicKey", key) as Uint8Array);
	const signature = bytesOf(call(knowing, "crypto.sign", key, digest) as Uint8Array);
	assert.deepEqual(verdicts(publicKey, digest, signature), [true, true]);
	for (const other of flips(signature)) {
		assert.deepEqual(verdicts(publicKey, digest, other), [false, false]);
	}
	for (const other of flips(publicKey)) {
		assert.deepEqual(verdicts(other, digest, signature), [false, false]);
	}
	for (const other of flips(digest)) {
		assert.deepEqual(verdicts(publicKey, other, signature), [false, false]);
	}
	const zero = Buffer.alloc(32);
	for (const odd of [
		Buffer.alloc(64),
		Buffer.concat([signature.subarray(0, 32), zero]),
		Buffer.concat([zero, signature.subarray(32)]),
		Buffer.alloc(64, 255),
		signature.subarray(0, 63),
		Buffer.concat([signature, zero]),
		Buffer.alloc(0),
	]) {
		assert.deepEqual(verdicts(publicKey, digest, odd), [false, false], odd.toString("hex"));
	}
});

/** Promises of the cryptography. Vectors are those of FIPS 180-4 and of RFC 6979, A.2.5. */

import { asciiBytes, concatenate, fromHex, toHex } from "../../src/encoding/bytes.js";
import type { Host } from "../../src/host.js";
import { equal, isTrue } from "../device/check.js";
import { emptied } from "./key-value.js";
import { type Row, untilReset } from "./row.js";

const digests = Object.freeze([
	["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
	["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
	[
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	],
] as const);
/** Of a million times `a`; it takes the digest of parts. */
const millionDigest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

const key = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
const point =
	"0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const signatures = Object.freeze([
	[
		"sample",
		"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
			"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
	],
	[
		"test",
		"f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367" +
			"019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
	],
] as const);
/** The signature of `sample` with n - s for s, which is as good. */
const otherHalf = "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9";

function bytes(hex: string): Uint8Array {
	return fromHex(hex) ?? new Uint8Array(0);
}

function verifies(host: Host, publicKey: string, text: string, signature: string): boolean {
	const digest = host.crypto.sha256(asciiBytes(text));
	return host.crypto.verify(bytes(publicKey), digest, bytes(signature));
}

/** A hexadecimal text with one bit of its last byte changed. */
function flipped(hex: string): string {
	const changed = bytes(hex);
	changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
	return toHex(changed);
}

const drawLength = 16;

/** So many draws of the generator, one behind the other, all different. */
function draws(host: Host, count: number): Uint8Array {
	const seen = new Set<string>();
	let all: Uint8Array = new Uint8Array(0);
	for (let index = 0; index < count; index++) {
		const draw = host.crypto.random(drawLength);
		seen.add(toHex(draw));
		all = concatenate(all, draw);
	}
	equal(seen.size, count, "different draws");
	return all;
}

export const cryptoRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "SHA-256 is that of the standard",
		run: ({ crypto }) => {
			for (const [text, digest] of digests) {
				equal(toHex(crypto.sha256(asciiBytes(text))), digest, text);
			}
		},
	},
	{
		name: "a digest of parts is the digest of the whole",
		run: ({ crypto }) => {
			const digest = crypto.digest();
			const part = asciiBytes("a".repeat(2000));
			for (let index = 0; index < 500; index++) digest.write(part);
			equal(toHex(digest.close()), millionDigest);
			equal(toHex(crypto.digest().close()), digests[0][1], "of nothing");
		},
	},
	{
		name: "two digests of parts do not mix",
		run: ({ crypto }) => {
			const [first, second] = [crypto.digest(), crypto.digest()];
			for (const letter of "abc") {
				second.write(asciiBytes(letter + letter));
				first.write(asciiBytes(letter));
			}
			equal(toHex(first.close()), digests[1][1]);
			equal(second.close(), crypto.sha256(asciiBytes("aabbcc")));
		},
	},
	{
		name: "bytes that are a view of others are taken as they are",
		run: ({ crypto }) => {
			const view = asciiBytes("xxabcxx").subarray(2, 5);
			equal(toHex(crypto.sha256(view)), digests[1][1]);
			equal(view, asciiBytes("abc"), "they are not changed");
		},
	},
	{
		name: "a public key is the point of its private key",
		run: ({ crypto }) => equal(toHex(crypto.publicKey(bytes(key))), point),
	},
	{
		name: "signatures are those of RFC 6979, each time",
		run: ({ crypto }) => {
			for (const [text, signature] of [...signatures, ...signatures]) {
				const digest = crypto.sha256(asciiBytes(text));
				equal(toHex(crypto.sign(bytes(key), digest)), signature, text);
			}
		},
	},
	{
		name: "a good signature is taken, with either of the two values of s",
		run: (host) => {
			for (const [text, signature] of signatures) {
				equal(verifies(host, point, text, signature), true, text);
			}
			const [[text, signature]] = signatures;
			equal(verifies(host, point, text, signature.slice(0, 64) + otherHalf), true, "the other s");
		},
	},
	{
		name: "a signature with anything changed is refused",
		run: (host) => {
			const [[text, signature], [otherText, otherSignature]] = signatures;
			equal(verifies(host, point, text, signature), true, "unchanged");
			equal(verifies(host, point, otherText, signature), false, "another text");
			equal(verifies(host, point, text, otherSignature), false, "another signature");
			equal(verifies(host, point, text, flipped(signature)), false, "another s");
			const half = flipped(signature.slice(0, 64)) + signature.slice(64);
			equal(verifies(host, point, text, half), false, "another r");
			const otherPoint = toHex(host.crypto.publicKey(bytes(flipped(key))));
			equal(verifies(host, otherPoint, text, signature), false, "another key");
		},
	},
	{
		name: "a point that is not on the curve is refused",
		run: (host) => {
			const [[text, signature]] = signatures;
			const x = point.slice(2, 66);
			for (const [what, off] of [
				["another y", flipped(point)],
				["all zero", "04" + "00".repeat(64)],
				["all ones", "04" + "ff".repeat(64)],
				["y of zero", "04" + x + "00".repeat(32)],
				["x and y exchanged", "04" + point.slice(66) + x],
			] as const) {
				equal(verifies(host, off, text, signature), false, what);
			}
		},
	},
	{
		name: "random bytes come in the number asked for",
		run: ({ crypto }) => {
			for (const length of [1, 4, 16, 32, 33, 256]) equal(crypto.random(length).length, length);
		},
	},
	{
		name: "random bytes don't repeat, and all values are among them",
		run: (host) => {
			const all = draws(host, 256);
			equal(new Set(all).size, 256, "values of 4,096 bytes");
		},
	},
	{
		name: "random bytes don't repeat after a reset",
		run: (host) => {
			emptied(host).write("draws", draws(host, 4));
			host.system.restart();
			return untilReset();
		},
		afterReset: (host) => {
			const domain = host.keyValue.open({ path: "contract", format: "buffer" });
			const kept = toHex(new Uint8Array(domain.read("draws") ?? new ArrayBuffer(0)));
			domain.delete("draws");
			equal(kept.length, 2 * 4 * drawLength, "the first draws were kept");
			const now = draws(host, 4);
			for (let offset = 0; offset < now.length; offset += drawLength) {
				const draw = toHex(now.subarray(offset, offset + drawLength));
				isTrue(!kept.includes(draw), "it is a new one");
			}
		},
	},
]);

import { fromHex, toHex } from "../../src/encoding/bytes.js";
import {
	isScalar,
	isSignature,
	keyId,
	publicKeyInfo,
	tokenPrivateKey,
} from "../../src/protocol/key.js";
import {
	decodeHello,
	decodeProvisionReply,
	decodeProvisionRequest,
	decodeRefusal,
} from "../../src/protocol/messages.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { DmsResult, sentenceOf } from "../../src/protocol/result.js";
import { contentDigest, signatureBase, signatureInput } from "../../src/protocol/signature.js";
import { formatToken, parseAddress, parseToken } from "../../src/protocol/token.js";
import { type Bench, type Cases, equal, isTrue } from "./check.js";

const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const scalar = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1);

const sampleToken = (bench: Bench): string =>
	formatToken(
		{ address: "dms.example.com:8443", secret: ones(16), fingerprint: ones(32).fill(2) },
		bench.crypto,
	);

export const protocolCases: Cases = Object.freeze({
	"a token says what it was made of": (bench) => {
		const token = parseToken(sampleToken(bench), bench.crypto);
		equal(token, {
			address: "dms.example.com:8443",
			secret: ones(16),
			fingerprint: ones(32).fill(2),
		});
	},
	"a token with any one letter changed, lost or doubled is refused": (bench) => {
		const text = sampleToken(bench);
		for (let index = 0; index < text.length; index++) {
			const before = text.slice(0, index);
			const letter = text.charAt(index);
			const after = text.slice(index + 1);
			for (const slip of [letter === "x" ? "y" : "x", "", letter + letter]) {
				const mistyped = before + slip + after;
				equal(parseToken(mistyped, bench.crypto), undefined, mistyped);
			}
		}
	},
	"a token of another form is refused": (bench) => {
		for (const text of [
			"",
			"dms1",
			"dms1///",
			"dms2/a/b/c",
			sampleToken(bench) + "/",
			"\u{1f600}/a/b/c",
		]) {
			equal(parseToken(text, bench.crypto), undefined, text);
		}
	},
	"addresses have a port, 443 if they don't name one": () => {
		equal(parseAddress("DMS.example.com"), { host: "dms.example.com", port: 443 });
		equal(parseAddress("x".repeat(63) + ".1x"), { host: "x".repeat(63) + ".1x", port: 443 });
		equal(parseAddress("10.0.0.1:65535"), { host: "10.0.0.1", port: 65535 });
		for (const bad of [
			"",
			":1",
			"a:",
			"a:0",
			"a:65536",
			"a:1:2",
			"a..b",
			"-a",
			"a-",
			"a_b",
			"a/b",
			"a b",
			"é",
			"1.2.3",
			"127.1",
			"256.1.1.1",
			"a.1",
			"10.0.0.1.",
			"x".repeat(64) + ".test",
		]) {
			equal(parseAddress(bad), undefined, bad);
		}
	},
	"scalars are from 1 to the order minus 1": () => {
		equal(isScalar(new Uint8Array(32)), false);
		equal(isScalar(scalar("00".repeat(31) + "01")), true);
		equal(isScalar(scalar(order)), false);
		equal(isScalar(scalar(order.slice(0, 62) + "50")), true);
		equal(isScalar(scalar("ff".repeat(32))), false);
	},
	"signatures with a half out of range are refused": () => {
		const good = "00".repeat(31) + "01";
		for (const [r, s] of [
			[good, "00".repeat(32)],
			["00".repeat(32), good],
			[good, order],
			[order, good],
		] as const) {
			equal(isSignature(scalar(r + s)), false);
		}
		equal(isSignature(scalar(good + good)), true);
		equal(isSignature(scalar(good)), false);
	},
	"a token's secret gives the key of PROTOCOL.md": (bench) => {
		const key = tokenPrivateKey(ones(16), bench.crypto);
		const preimage = "6f70656e646d7320746f6b656e206b65792031" + "00" + "01".repeat(16) + "00";
		equal(key, bench.crypto.sha256(scalar(preimage)));
	},
	"a key's name is the digest of its public key info": (bench) => {
		const publicKey = bench.crypto.publicKey(ones(32));
		equal(publicKeyInfo(publicKey).length, 91);
		equal(keyId(publicKey, bench.crypto), toHex(bench.crypto.sha256(publicKeyInfo(publicKey))));
	},
	"signing is deterministic: RFC 6979's vector for SHA-256 and sample": (bench) => {
		const key = scalar("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
		const digest = bench.crypto.sha256(Uint8Array.of(0x73, 0x61, 0x6d, 0x70, 0x6c, 0x65));
		const signature = bench.crypto.sign(key, digest);
		equal(
			toHex(signature),
			"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
				"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
		);
		isTrue(bench.crypto.verify(bench.crypto.publicKey(key), digest, signature), "it verifies");
		digest[0] = (digest[0] ?? 0) ^ 1;
		isTrue(
			!bench.crypto.verify(bench.crypto.publicKey(key), digest, signature),
			"not another digest",
		);
	},
	"a point off the curve verifies nothing": (bench) => {
		const publicKey = bench.crypto.publicKey(ones(32));
		publicKey[64] = (publicKey[64] ?? 0) ^ 1;
		equal(bench.crypto.verify(publicKey, ones(32), ones(64)), false);
	},
	"a signature base is the text of RFC 9421": () => {
		const request = {
			method: "POST",
			path: "/claim",
			query: "?a=1",
			contentDigest: contentDigest(ones(32)),
		};
		const input = signatureInput(request, { created: 1618884473, nonce: "abc", keyId: "00" });
		equal(
			signatureBase(request, input),
			[
				'"@method": POST',
				'"@path": /claim',
				'"@query": ?a=1',
				'"content-digest": sha-256=:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=:',
				'"@signature-params": ("@method" "@path" "@query" "content-digest")' +
					';created=1618884473;nonce="abc";alg="ecdsa-p256-sha256";keyid="00"',
			].join("\n"),
		);
	},
	"a message with a field missing, of another type or too long is refused": () => {
		const good = { key: ones(65).fill(4), hardware: "0a", platform: "board", version: "1.0.0.0" };
		isTrue(decodeProvisionRequest(encodeMap(good)) !== undefined, "the good one is taken");
		for (const name of Object.keys(good)) {
			equal(decodeProvisionRequest(encodeMap({ ...good, [name]: undefined })), undefined, name);
			equal(decodeProvisionRequest(encodeMap({ ...good, [name]: 7 })), undefined, name);
			equal(
				decodeProvisionRequest(encodeMap({ ...good, [name]: "x".repeat(65) })),
				undefined,
				name,
			);
			equal(decodeProvisionRequest(encodeMap({ ...good, [name]: "a\nb" })), undefined, name);
		}
		equal(decodeProvisionRequest(encodeMap({ ...good, uuid: "12" })), undefined, "uuid");
		equal(decodeProvisionReply(encodeMap({ uuid: "0".repeat(40) })), undefined, "no certificate");
		equal(
			decodeHello(encodeMap({ nonce: "a", time: -1, authority: ones(2), certificate: ones(2) })),
			undefined,
		);
	},
	"a refusal with a result nobody knows is none": () => {
		equal(decodeRefusal(encodeMap({ result: 12345, rule: "r", message: "m" })), undefined);
		const refusal = { result: DmsResult.TokenSpent, rule: "token-spent", message: "m" };
		equal(decodeRefusal(encodeMap(refusal)), refusal);
	},
	"every result has a sentence": () => {
		for (const result of Object.values(DmsResult))
			isTrue(sentenceOf(result).length > 7, String(result));
	},
});

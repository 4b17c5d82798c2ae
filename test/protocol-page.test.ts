/** The worked exchange in PROTOCOL.md is right, by our own code and by others'. */

import assert from "node:assert/strict";
import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { p256 } from "@noble/curves/p256";
import { httpbis } from "http-message-signatures";
import { parseCertificate } from "../src/dms/certificate.js";
import { keyId, publicKeyInfo, tokenPrivateKey } from "../src/protocol/key.js";
import { decodeProvisionReply, decodeProvisionRequest } from "../src/protocol/messages.js";
import {
	answerSignatureBase,
	answerSignatureInput,
	contentDigest,
	signatureBase,
	signatureInput,
	signatureMember,
} from "../src/protocol/signature.js";
import { parseToken } from "../src/protocol/token.js";

const sha256 = (bytes: Uint8Array): Uint8Array =>
	Uint8Array.from(createHash("sha256").update(bytes).digest());

const page = readFileSync(new URL("../../PROTOCOL.md", import.meta.url), "utf8");
const [, section = ""] = page.split("## 8. A worked exchange");

/** The indented block behind the line that begins with `title`, in lines. */
function block(title: string): string[] {
	const [, rest = ""] = section.split(new RegExp("^" + title + ".*$", "m"));
	const lines: string[] = [];
	for (const line of rest.split("\n").slice(2)) {
		if (!line.startsWith("    ")) break;
		lines.push(line.slice(4));
	}
	return lines;
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const authority = bytes(block("The CA's certificate").join(""));
const token = block("The secret is").join("");
const [tokenKey = "", tokenKeyId = ""] = block("The token key's private key");
const [deviceKey = "", deviceKeyId = ""] = block("The device's private key");
const body = bytes(block("The body of its").join(""));
const fields = new Map(
	block("The fields").map((line) => {
		const colon = line.indexOf(": ");
		return [line.slice(0, colon), line.slice(colon + 2)] as const;
	}),
);
const base = block("The signature base").join("\n");
const answer = bytes(block("The body of the answer").join(""));
const publicKeyOf = (hex: string): Uint8Array => p256.getPublicKey(bytes(hex), false);

test("the token says what the page says", () => {
	const parsed = parseToken(token, { sha256 });
	assert.equal(
		Buffer.from(parsed?.secret ?? []).toString("hex"),
		"000102030405060708090a0b0c0d0e0f",
	);
	assert.deepEqual(parsed?.fingerprint, sha256(authority));
	assert.deepEqual(
		tokenPrivateKey(parsed?.secret ?? new Uint8Array(0), { sha256 }),
		bytes(tokenKey),
	);
});

test("the names of the keys are right", () => {
	assert.equal(keyId(publicKeyOf(tokenKey), { sha256 }), tokenKeyId);
	assert.equal(keyId(publicKeyOf(deviceKey), { sha256 }), deviceKeyId);
});

test("body, digest, signature base and signatures are what our code makes", () => {
	assert.deepEqual(decodeProvisionRequest(body)?.key, publicKeyOf(deviceKey));
	assert.equal(fields.get("content-length"), String(body.length));
	assert.equal(fields.get("content-digest"), contentDigest(sha256(body)));
	const request = {
		method: "POST",
		path: "/provision",
		contentDigest: contentDigest(sha256(body)),
	};
	const made = [
		["device", deviceKey, deviceKeyId] as const,
		["token", tokenKey, tokenKeyId] as const,
	].map(([label, key, id]) => {
		const nonce = "AAECAwQFBgcICQoLDA0ODw";
		const input = signatureInput(request, { created: 1782864001, nonce, keyId: id });
		const text = signatureBase(request, input);
		if (label === "device") assert.equal(text, base);
		const digest = sha256(Buffer.from(text));
		const signature = p256.sign(digest, bytes(key), { lowS: false }).toCompactRawBytes();
		return { input: label + "=" + input, signature: signatureMember(label, signature) };
	});
	assert.equal(fields.get("signature-input"), made.map(({ input }) => input).join(", "));
	assert.equal(fields.get("signature"), made.map(({ signature }) => signature).join(", "));
});

test("a library that we did not write verifies both signatures", async () => {
	const keys = new Map(
		[deviceKey, tokenKey].map((key) => {
			const der = Buffer.from(publicKeyInfo(publicKeyOf(key)));
			const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
			return [keyId(publicKeyOf(key), { sha256 }), publicKey];
		}),
	);
	const verified: string[] = [];
	const isVerified = await httpbis.verifyMessage(
		{
			all: true,
			requiredFields: ["@method", "@path", "content-digest"],
			requiredParams: ["created", "nonce", "keyid", "alg"],
			keyLookup: async ({ keyid }) => ({
				id: String(keyid),
				algs: ["ecdsa-p256-sha256"],
				verify: async (data, signature) => {
					const key = keys.get(String(keyid));
					if (key === undefined) return false;
					verified.push(String(keyid));
					return verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature);
				},
			}),
		},
		{
			method: "POST",
			url: "https://dms.example.com/provision",
			headers: Object.fromEntries(fields),
		},
	);
	assert.equal(isVerified, true);
	assert.deepEqual(verified.sort(), [deviceKeyId, tokenKeyId].sort());
});

test("the answer's certificate is the device's and by the CA, by OpenSSL and by our reader", () => {
	const reply = decodeProvisionReply(answer);
	const certificate = new X509Certificate(reply?.certificate ?? new Uint8Array(0));
	const issuer = new X509Certificate(authority);
	assert.ok(certificate.checkIssued(issuer));
	assert.ok(certificate.verify(issuer.publicKey));
	assert.equal(certificate.subject, "CN=" + reply?.uuid);
	const parsed = parseCertificate(reply?.certificate ?? new Uint8Array(0));
	assert.deepEqual(parsed?.publicKey, publicKeyOf(deviceKey));
	assert.equal(parsed?.commonName, reply?.uuid);
	assert.equal(parsed?.notBefore, Date.parse(certificate.validFrom) / 1000);
	assert.equal(parsed?.notAfter, Date.parse(certificate.validTo) / 1000);
	assert.equal(parsed?.isAuthority, false);
	assert.equal(parseCertificate(authority)?.isAuthority, true);
});

const [serverKey = "", serverKeyId = ""] = block("The server's private key");
const answerFields = Object.fromEntries(
	block("The fields of the answer").map((line) => {
		const colon = line.indexOf(": ");
		return [line.slice(0, colon), line.slice(colon + 2)] as const;
	}),
);
const answerBase = block("The signature base of `service`").join("\n");

test("the answer's fields, signature base and signature are what our code makes", () => {
	assert.equal(keyId(publicKeyOf(serverKey), { sha256 }), serverKeyId);
	const signed = {
		status: 200,
		contentDigest: contentDigest(sha256(answer)),
		requestSignature: /device=(:[^:]*:)/.exec(fields.get("signature") ?? "")?.[1] ?? "",
	};
	const input = answerSignatureInput(signed, "1782864002", serverKeyId);
	assert.equal(answerSignatureBase(signed, input), answerBase);
	const digest = sha256(Buffer.from(answerBase));
	const signature = p256.sign(digest, bytes(serverKey), { lowS: false }).toCompactRawBytes();
	assert.equal(answerFields["content-length"], String(answer.length));
	assert.equal(answerFields["content-digest"], signed.contentDigest);
	assert.equal(answerFields["signature-input"], "service=" + input);
	assert.equal(answerFields.signature, signatureMember("service", signature));
});

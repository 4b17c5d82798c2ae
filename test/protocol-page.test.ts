/** The worked exchange in PROTOCOL.md is right, by our own code and by others'. */

import assert from "node:assert/strict";
import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { p256 } from "@noble/curves/p256";
import { httpbis } from "http-message-signatures";
import { limitsDefault } from "../hosts/dms/listener/limits.js";
import { requirePlatform, requireProductCode } from "../hosts/dms/names.js";
import { readKeyStatement, readStatement } from "../hosts/dms/publisher/statements.js";
import { isValidAt, parseCertificate } from "../src/dms/certificate.js";
import { keyId, publicKeyInfo, tokenPrivateKey } from "../src/protocol/key.js";
import {
	decodeHello,
	decodeProvisionReply,
	decodeProvisionRequest,
} from "../src/protocol/messages.js";
import {
	answerSignatureBase,
	answerSignatureInput,
	contentDigest,
	signatureBase,
	signatureInput,
	signatureMember,
} from "../src/protocol/signature.js";
import { parseToken } from "../src/protocol/token.js";
import { decodeSignedStatement } from "../src/protocol/update.js";

const sha256 = (bytes: Uint8Array): Uint8Array =>
	Uint8Array.from(createHash("sha256").update(bytes).digest());

const page = readFileSync(new URL("../../PROTOCOL.md", import.meta.url), "utf8");
const [, section = ""] = page.split("## 8. A worked exchange");

/** The indented blocks behind the line that begins with `title`, each in lines. */
function blocks(title: string): string[][] {
	const [, rest = ""] = section.split(new RegExp("^" + title + ".*$", "m"));
	const [text = ""] = rest.split(/\n(?=[^ \n])/);
	const found = text.trimEnd().split("\n\n").slice(1);
	return found.map((lines) => lines.split("\n").map((line) => line.slice(4)));
}

/** The first of them. */
function block(title: string): string[] {
	return blocks(title)[0] ?? [];
}

/** The fields of a message, by name. */
type Fields = ReadonlyMap<string, string>;

/** The fields in a block. */
function fieldsIn(title: string): Fields {
	return new Map(
		block(title).map((line) => {
			const colon = line.indexOf(": ");
			return [line.slice(0, colon), line.slice(colon + 2)] as const;
		}),
	);
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const authority = bytes(block("The CA's certificate").join(""));
const token = block("The secret is").join("");
const [authorityKey = ""] = block("The CA's private key");
const [tokenKey = "", tokenKeyId = ""] = block("The token key's private key");
const [deviceKey = "", deviceKeyId = ""] = block("The device's private key");
const body = bytes(block("The body of the device's").join(""));
const fields = fieldsIn("The fields:");
const base = block("The signature base of `device`").join("\n");
const answer = bytes(block("The body of the answer, whose").join(""));
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
const answerFields = fieldsIn("The fields of the answer:");
const answerBase = block("The signature base of `service`").join("\n");
const emptyFields = fieldsIn("The fields of its answer");
const emptyBase = block("The signature base of that answer").join("\n");
const putFields = fieldsIn("The fields of `PUT /provision`");

/** The value of the device's member of a request's `signature` field. */
function deviceSignature(signed: Fields): string {
	return /device=(:[^:]*:)/.exec(signed.get("signature") ?? "")?.[1] ?? "";
}

const signatureBy = (key: string, message: Uint8Array): Uint8Array =>
	p256.sign(sha256(message), bytes(key), { lowS: false }).toCompactRawBytes();

test("the answers' fields, signature bases and signatures are what our code makes", () => {
	assert.equal(keyId(publicKeyOf(serverKey), { sha256 }), serverKeyId);
	const withBody = { status: 200, contentDigest: contentDigest(sha256(answer)) };
	const cases = [
		[withBody, fields, answerFields, answerBase, "1782864002"],
		[{ status: 204 }, putFields, emptyFields, emptyBase, "1782864003"],
	] as const;
	for (const [what, request, said, saidBase, created] of cases) {
		const signed = { ...what, requestSignature: deviceSignature(request) };
		const input = answerSignatureInput(signed, created, serverKeyId);
		assert.equal(answerSignatureBase(signed, input), saidBase);
		const signature = signatureBy(serverKey, Buffer.from(saidBase));
		assert.equal(said.get("signature-input"), "service=" + input);
		assert.equal(said.get("signature"), signatureMember("service", signature));
	}
	assert.equal(answerFields.get("content-length"), String(answer.length));
	assert.equal(answerFields.get("content-digest"), withBody.contentDigest);
	assert.equal(emptyFields.get("content-length"), undefined);
});

test("the request without a body is signed as our code does it", () => {
	const request = { method: "PUT", path: "/provision" };
	const parameters = { created: 1782864003, nonce: "EBESExQVFhcYGRobHB0eHw", keyId: deviceKeyId };
	const input = signatureInput(request, parameters);
	const signature = signatureBy(deviceKey, Buffer.from(signatureBase(request, input)));
	assert.equal(putFields.get("signature-input"), "device=" + input);
	assert.equal(putFields.get("signature"), signatureMember("device", signature));
});

test("a library that we did not write verifies both answers, each for its request", async () => {
	const der = Buffer.from(publicKeyInfo(publicKeyOf(serverKey)));
	const key = createPublicKey({ key: der, format: "der", type: "spki" });
	const requests = {
		provision: { method: "POST", fields },
		acknowledge: { method: "PUT", fields: putFields },
	};
	const isVerified = (status: number, said: Fields, name: keyof typeof requests) =>
		httpbis.verifyMessage(
			{
				requiredFields: ["@status", "signature"],
				keyLookup: async ({ keyid }) => ({
					id: String(keyid),
					algs: ["ecdsa-p256-sha256"],
					verify: async (data, signature) =>
						keyid === serverKeyId &&
						verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature),
				}),
			},
			{ status, headers: Object.fromEntries(said) },
			{
				method: requests[name].method,
				url: "https://dms.example.com/provision",
				headers: Object.fromEntries(requests[name].fields),
			},
		);
	assert.equal(await isVerified(200, answerFields, "provision"), true);
	assert.equal(await isVerified(204, emptyFields, "acknowledge"), true);
	assert.equal(await isVerified(200, answerFields, "acknowledge"), false);
	assert.equal(await isVerified(204, emptyFields, "provision"), false);
});

/** What is signed in a map of `body` and `signature`, hashed once, is verified by OpenSSL. */
function assertSigned(map: Uint8Array, context: string, key: Uint8Array, digest: string): void {
	const signed = decodeSignedStatement(map);
	assert.ok(signed);
	const message = Buffer.concat([Buffer.from(context), Buffer.of(0), signed.body]);
	assert.equal(Buffer.from(sha256(message)).toString("hex"), digest);
	const info = { key: Buffer.from(publicKeyInfo(key)), format: "der", type: "spki" } as const;
	const publicKey = { key: createPublicKey(info), dsaEncoding: "ieee-p1363" } as const;
	assert.ok(verify("sha256", message, publicKey, signed.signature), "hashed once");
	assert.equal(verify("sha256", sha256(message), publicKey, signed.signature), false, "not twice");
}

test("the hello is one that a device accepts, and its signature is over one hash", async () => {
	const [reply = new Uint8Array()] = blocks("The body of the answer to `GET").map((lines) =>
		bytes(lines.join("")),
	);
	const [digest = ""] = block("The SHA-256 of `opendms hello 1`");
	assertSigned(reply, "opendms hello 1", publicKeyOf(serverKey), digest);
	const body = decodeSignedStatement(reply)?.body ?? new Uint8Array();
	assert.deepEqual(reply.subarray(9, 9 + body.length), body, "from the tenth byte on");
	assert.match(section, new RegExp("the " + body.length + " bytes from the tenth on"));
	const hello = decodeHello(body);
	assert.equal(hello?.nonce, "AAECAwQFBgcICQoLDA0ODw");
	assert.equal(hello.time, 1782864000);
	assert.deepEqual(hello.authority, authority);
	const issuer = parseCertificate(authority);
	const server = parseCertificate(hello.certificate);
	assert.ok(issuer && server?.isServer && isValidAt(server, hello.time));
	assert.deepEqual(issuer.publicKey, publicKeyOf(authorityKey), "the CA's private key");
	assert.deepEqual(server.publicKey, publicKeyOf(serverKey));
	assert.deepEqual(server.names, ["dms.example.com"]);
	const certificate = new X509Certificate(hello.certificate);
	assert.ok(certificate.verify(new X509Certificate(authority).publicKey));
	assert.equal(certificate.checkHost("dms.example.com"), "dms.example.com");
});

test("the statements are what our publisher makes, and one hash of them is signed", () => {
	const [platformKey = "", productKey = ""] = block("The private keys of the platform's");
	const [[...keyStatement] = [], [keyDigest = ""] = []] = blocks("A key statement");
	const [[...statement] = [], [digest = ""] = []] = blocks("A statement of an image");
	const [ofKey, ofImage] = [bytes(keyStatement.join("")), bytes(statement.join(""))];
	assertSigned(ofKey, "opendms key statement 1", publicKeyOf(platformKey), keyDigest);
	assertSigned(ofImage, "opendms statement 1", publicKeyOf(productKey), digest);
	const about = { product: "ACME-LAMP", platform: "esp32" };
	const key = publicKeyOf(productKey);
	assert.deepEqual(readKeyStatement(ofKey), { ...about, generation: 1, key });
	const image = new Uint8Array(5000).fill(0x2a);
	const halves = [image.subarray(0, 4096), image.subarray(4096)].map(sha256);
	assert.deepEqual(readStatement(ofImage, key), {
		...about,
		...{ version: "1.1.0.0", sequence: 2, floor: "1.0.0.0", expires: 1814400000 },
		...{ length: image.length, digest: sha256(image), blockLength: 4096 },
		blockDigests: Uint8Array.from(Buffer.concat(halves)),
	});
});

test("the times on the page are the listener's", () => {
	const { headMilliseconds, idleMilliseconds, requestMilliseconds } = limitsDefault;
	const words = page.replaceAll(/\s+/g, " ");
	const [, idle] = /was idle for (\d+) seconds/.exec(words) ?? [];
	const [, head] = /head that takes longer than (\d+) seconds/.exec(words) ?? [];
	const [, request] = /request that takes longer than (\d+)\./.exec(words) ?? [];
	const times = [idle, head, request].map((seconds) => 1000 * Number(seconds));
	assert.deepEqual(times, [idleMilliseconds, headMilliseconds, requestMilliseconds]);
});

test("names on the page have the form that the service asks for", () => {
	const words = page.replaceAll(/\s+/g, " ");
	assert.match(words, /\*\*Platform\*\*: parts of a-z and 0-9 with `.`, `-` or `_` between/);
	assert.match(
		words,
		/\*\*Product\*\*: the code, two or more parts of A-Z, 0-9 and `_` with `-` between/,
	);
	for (const good of ["esp32", "esp32c3", "a-b.c_d"]) requirePlatform(good);
	for (const bad of ["ESP32", "a b", "-a", "a-", "a--b", ""]) {
		assert.throws(() => requirePlatform(bad), bad);
	}
	for (const good of ["ACME-LAMP", "A_1-2-3"]) requireProductCode(good);
	for (const bad of ["ACME", "acme-lamp", "A-", "-A", "A--B", ""]) {
		assert.throws(() => requireProductCode(bad), bad);
	}
});

test("each attacker's test is there", () => {
	const [, rows = ""] = /\| who \| wants \|.*\n\| ---.*\n([^]*?)\n\n/.exec(page) ?? [];
	const named = [...rows.matchAll(/\| `([\w/-]+)`: (.+) \|$/gm)];
	assert.equal(named.length, rows.split("\n").length, "each row names a test");
	for (const [, file = "", words = ""] of named) {
		const source = readFileSync(new URL(`../../test/${file}.test.ts`, import.meta.url), "utf8");
		const titles = [...source.matchAll(/(?:test\(|name =)\s*([^]*?)(?:async|\(\) =>|;\n)/g)];
		assert.ok(
			titles.some(([, title = ""]) => title.includes(words)),
			file + " has no test with these words: " + words,
		);
	}
});

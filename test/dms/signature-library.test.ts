import assert from "node:assert/strict";
import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { httpbis } from "http-message-signatures";
import { publicKeyInfo } from "../../src/protocol/key.js";
import { contentDigest } from "../../src/protocol/signature.js";
import { openBench, provisionReplyOf, type Reply } from "./bench.js";
import {
	createDevice,
	createNonce,
	type Draft,
	type KeyPair,
	sha256,
	signText,
	tokenKeyPair,
} from "./protocol-device.js";

const algorithm = "ecdsa-p256-sha256";

/** Signs a draft with the library instead of with our own code. */
async function sign(draft: Draft, label: string, key: KeyPair, created: number): Promise<Draft> {
	const fields = ["@method", "@path", ...(draft.body ? ["content-digest"] : [])];
	if (draft.url.includes("?")) fields.push("@query");
	const config = {
		name: label,
		key: {
			id: key.keyId,
			alg: algorithm,
			sign: async (base: Buffer) => Buffer.from(signText(base.toString("latin1"), key)),
		},
		fields,
		params: ["created", "nonce", "keyid", "alg"],
		paramValues: { created: new Date(created * 1000), nonce: createNonce() },
	};
	const { method, url, headers } = draft;
	const signed = await httpbis.signMessage(config, { method, url, headers });
	const text = (name: string) => String(signed.headers[name] ?? signed.headers[title(name)]);
	return {
		...draft,
		headers: {
			...headers,
			signature: text("signature"),
			"signature-input": text("signature-input"),
		},
	};
}

function title(name: string): string {
	return name === "signature" ? "Signature" : "Signature-Input";
}

function unsigned(draft: Draft): Draft {
	const { signature, "signature-input": input, ...headers } = draft.headers;
	assert.ok(signature && input);
	return { ...draft, headers };
}

test("requests that another library signed are accepted", async (context) => {
	const bench = await openBench(context);
	const now = bench.clock.seconds();
	const device = createDevice(bench.clock);
	const { token } = await bench.service.tokens.addProvisioning();
	const asked = await sign(unsigned(device.provision(token)), "device", device.key, now);
	const both = await sign(asked, "token", tokenKeyPair(token), now);
	const { uuid } = provisionReplyOf(await bench.send(both));
	const acknowledge = unsigned(device.acknowledge({ query: "?a=b" }));
	const reply = await bench.send(await sign(acknowledge, "device", device.key, now));
	assert.equal(reply.status, 204);
	assert.equal((await bench.service.devices.show(uuid)).state, "provisioned");
});

test("what another library signed and somebody changed is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const draft = await sign(unsigned(device.release()), "device", device.key, bench.clock.seconds());
	const refused = await bench.refused({
		...draft,
		method: "PUT",
		url: draft.url.replace("claim", "provision"),
	});
	assert.equal(refused.rule, "signature");
});

/** What the library says of an answer to `draft` of the server with this certificate. */
async function verifies(draft: Draft, reply: Reply, certificate: X509Certificate) {
	const { method, url, headers } = draft;
	const info = certificate.publicKey.export({ type: "spki", format: "der" });
	const id = createHash("sha256").update(info).digest("hex");
	const keyLookup = async ({ keyid }: { keyid?: string }) => ({
		id: String(keyid),
		algs: [algorithm],
		verify: async (data: Buffer, signature: Buffer) =>
			keyid === id &&
			verify("sha256", data, { key: certificate.publicKey, dsaEncoding: "ieee-p1363" }, signature),
	});
	const message = { status: reply.status, headers: Object.fromEntries(reply.headers) };
	const requiredFields = ["@status", "signature"];
	const requiredParams = ["created", "keyid", "alg"];
	const options = { keyLookup, requiredFields, requiredParams };
	return httpbis.verifyMessage(options, message, { method, url, headers });
}

/** Somebody on the way has put a signature of his own before the device's. */
function withAnotherBefore(draft: Draft): Draft {
	const { headers } = draft;
	return { ...draft, headers: { ...headers, signature: "other=:AAAA:, " + headers.signature } };
}

test("answers hold for another library, and for their request only", async (context) => {
	const bench = await openBench(context);
	const certificate = new X509Certificate((await bench.service.serverFiles()).cert);
	const { device } = await bench.provisioned();
	const { token } = await bench.service.tokens.addProvisioning();
	const drafts: readonly (readonly [Draft, number])[] = [
		[device.acknowledge(), 204],
		[device.release(), 204],
		[device.claim("0000-0000-0000-0000-0000"), 403],
		[device.activate("NOTHING"), 403],
		[createDevice(bench.clock).provision(token), 200],
		[createDevice(bench.clock).acknowledge(), 401],
		[withAnotherBefore(device.release()), 204],
		[{ ...device.release(), method: "PATCH" }, 405],
		[{ ...device.release(), url: device.release().url + "/nowhere" }, 404],
	];
	for (const [draft, status] of drafts) {
		const reply = await bench.send(draft);
		assert.equal(reply.status, status);
		assert.equal(await verifies(draft, reply, certificate), true, String(status));
		const digest = reply.headers.get("content-digest");
		assert.equal(digest, reply.bytes.length === 0 ? null : contentDigest(sha256(reply.bytes)));
		assert.equal(await verifies(device.release(), reply, certificate), false, "another request");
	}
	const unsignedRequest = unsigned(device.release());
	assert.equal((await bench.send(unsignedRequest)).headers.get("signature"), null);
});

test("requests that our own code signs hold for another library", async (context) => {
	const bench = await openBench(context);
	const device = createDevice(bench.clock);
	const { token } = await bench.service.tokens.addProvisioning();
	const keys = [device.key, tokenKeyPair(token)];
	const drafts = [
		[device.provision(token), 2],
		[device.acknowledge(), 1],
		[device.acknowledge({ query: "?a=b" }), 1],
	] as const;
	for (const [draft, count] of drafts) {
		const seen: string[] = [];
		const keyLookup = async (parameters: { keyid?: string }) => {
			const key = keys.find(({ keyId }) => keyId === parameters.keyid);
			seen.push(parameters.keyid ?? "");
			return key ? { id: key.keyId, algs: [algorithm], verify: verifierOf(key) } : null;
		};
		const options = { keyLookup, all: true, notAfter: bench.clock.seconds() };
		assert.equal(await httpbis.verifyMessage(options, draft), true);
		assert.equal(seen.length, count);
		const forged = { ...draft, method: "DELETE" };
		assert.equal(await httpbis.verifyMessage(options, forged), false);
	}
});

function verifierOf(key: KeyPair): (data: Buffer, signature: Buffer) => Promise<boolean> {
	const publicKey = createPublicKey({
		key: Buffer.from(publicKeyInfo(key.publicKey)),
		format: "der",
		type: "spki",
	});
	return async (data, signature) =>
		verify("sha256", data, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
}

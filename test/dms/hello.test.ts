import assert from "node:assert/strict";
import { verify, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { decodeHello, decodeHelloReply, helloSigned } from "../../src/protocol/messages.js";
import { type Bench, openBench, refusalOf, replyOf, type Reply } from "./bench.js";
import { createNonce, origin } from "./protocol-device.js";

async function ask(bench: Bench, query: string): Promise<Reply> {
	return replyOf(await bench.service.fetch(new Request(origin + "/hello" + query)));
}

test("hello has the nonce, the time and the chain, signed by the server's key", async (context) => {
	const bench = await openBench(context);
	const nonce = createNonce();
	const reply = decodeHelloReply((await ask(bench, "?nonce=" + nonce)).bytes);
	assert.ok(reply);
	const hello = decodeHello(reply.body);
	assert.ok(hello);
	assert.equal(hello.nonce, nonce);
	assert.equal(hello.time, bench.clock.seconds());
	assert.deepEqual(hello.authority, bench.authority.credential.certificate);
	const certificate = new X509Certificate(hello.certificate);
	assert.ok(certificate.verify(new X509Certificate(hello.authority).publicKey));
	assert.equal(certificate.checkHost("dms.example.com"), "dms.example.com");
	const key = { key: certificate.publicKey, dsaEncoding: "ieee-p1363" } as const;
	assert.equal(reply.signature.length, 64);
	assert.ok(verify("sha256", helloSigned(reply.body), key, reply.signature));
});

test("hello without one right nonce is refused: request", async (context) => {
	const bench = await openBench(context);
	const nonce = createNonce();
	const queries = ["", "?", "?nonce=", "?nonce=" + nonce.slice(1), "?nonce=" + nonce + "A"];
	queries.push("?nonce=" + nonce.slice(1) + "!", "?nonce=" + nonce + "&nonce=" + nonce);
	for (const query of queries) {
		const refused = refusalOf(await ask(bench, query));
		assert.equal(refused.status, 400, query);
		assert.equal(refused.rule, "request");
	}
});

test("hello's certificate is renewed when a third of its life is left", async (context) => {
	const bench = await openBench(context);
	const certificateNow = async () => {
		const reply = decodeHelloReply((await ask(bench, "?nonce=" + createNonce())).bytes);
		return decodeHello(reply?.body ?? new Uint8Array())?.certificate;
	};
	const first = await certificateNow();
	bench.clock.advance(264 * 86_400);
	assert.deepEqual(await certificateNow(), first);
	bench.clock.advance(2 * 86_400);
	assert.notDeepEqual(await certificateNow(), first);
});

test("every answer has the service's date, and is for nobody's cache", async (context) => {
	const bench = await openBench(context);
	const replies = [await ask(bench, "?nonce=" + createNonce()), await ask(bench, "")];
	for (const { headers } of replies) {
		assert.equal(headers.get("date"), new Date(bench.clock.now()).toUTCString());
		assert.equal(headers.get("cache-control"), "no-store");
		assert.equal(headers.get("content-type"), "application/vnd.msgpack");
	}
});

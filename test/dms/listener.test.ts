import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { connect, getCiphers } from "node:tls";
import { certificatePem } from "../../hosts/dms/authority/credential.js";
import type { Limits } from "../../hosts/dms/listener/limits.js";
import { type Listener, listen } from "../../hosts/dms/listener/listener.js";
import type { Service } from "../../hosts/dms/service.js";
import { decodeHello, decodeHelloReply, decodeRefusal } from "../../src/protocol/messages.js";
import { type Bench, openBench, provisionReplyOf, refusalOf } from "./bench.js";
import { createClock } from "./clock.js";
import { connectRaw, exchangeThroughTls, getPlain, sendThroughTls } from "./connection.js";
import { createDevice, createNonce, type Draft } from "./protocol-device.js";
import { createPublisher } from "./publisher.js";

interface Port {
	readonly bench: Bench;
	readonly listener: Listener;
	/** The CA's certificate in PEM. */
	readonly authority: string;
	/** Sends a draft through TLS. */
	send(draft: Draft): ReturnType<typeof sendThroughTls>;
}

/** TLS clients look at the machine's clock, so the service has that one. */
async function openPort(context: TestContext, limits: Partial<Limits> = {}): Promise<Port> {
	const bench = await openBench(context, createClock(Date.now()));
	const listener = await listen(bench.service, { host: "127.0.0.1", port: 0, limits });
	context.after(() => listener.close());
	const authority = certificatePem(bench.authority.credential.certificate);
	const send = (draft: Draft) => sendThroughTls(listener, draft, authority);
	return { bench, listener, authority, send };
}

/** The MessagePack body behind a raw answer's head. */
function bodyOf(answer: string): Uint8Array {
	return Uint8Array.from(Buffer.from(answer.slice(answer.indexOf("\r\n\r\n") + 4), "latin1"));
}

test("one port answers hello in plain HTTP and the whole journey through TLS", async (context) => {
	const { bench, listener, send } = await openPort(context);
	const hello = await getPlain(listener, "/hello?nonce=" + createNonce());
	assert.equal(hello.status, 200);
	const device = createDevice(bench.clock);
	const provisioning = await bench.service.tokens.addProvisioning();
	const { uuid } = provisionReplyOf(await send(device.provision(provisioning.token)));
	assert.equal((await send(device.acknowledge({ query: "?a=%2F'b'" }))).status, 204);
	const claim = await bench.service.tokens.addClaim({ user: "alice" });
	assert.equal((await send(device.claim(claim.token))).status, 200);
	assert.equal((await send(device.activate("ACME-LAMP"))).status, 200);
	assert.equal((await send(device.release())).status, 204);
	const { state, owner, product } = await bench.service.devices.show(uuid);
	assert.deepEqual([state, owner, product], ["provisioned", null, "ACME-LAMP"]);
});

test("plain HTTP gets hello only, whatever scheme its target claims", async (context) => {
	const { listener } = await openPort(context);
	for (const path of ["/provision", "https://dms.example.com/provision", "/"]) {
		const reply = await getPlain(listener, path);
		assert.deepEqual([reply.status, refusalOf(reply).rule], [426, "request"], path);
		assert.equal(reply.headers.get("upgrade"), "TLS/1.2, HTTP/1.1");
	}
});

test("TLS sends the leaf and its CA, in version 1.2 or later", async (context) => {
	const { listener, authority } = await openPort(context);
	const options = { host: "127.0.0.1", port: listener.port, ca: authority };
	for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
		const socket = connect({
			...options,
			servername: "dms.example.com",
			minVersion: version,
			maxVersion: version,
		});
		await once(socket, "secureConnect");
		const leaf = socket.getPeerCertificate(true);
		assert.equal(leaf.subjectaltname, "DNS:dms.example.com");
		assert.deepEqual(leaf.issuerCertificate.raw, new X509Certificate(authority).raw);
		socket.destroy();
	}
	const old = connect({ ...options, minVersion: "TLSv1", maxVersion: "TLSv1.1" });
	await assert.rejects(once(old, "secureConnect"));
});

test("TLS takes authenticated encryption with forward secrecy, and no other", async (context) => {
	const { listener, authority } = await openPort(context);
	const taken: string[] = [];
	// Node's list has not all that OpenSSL takes.
	const others = ["aes128-ccm8", "aes256-ccm", "aria128-gcm-sha256"];
	const names = [...getCiphers(), ...others.map((name) => "ecdhe-ecdsa-" + name)];
	for (const name of names.filter((one) => /^(tls_|ecdhe-ecdsa-)/.test(one))) {
		const isOf13 = name.startsWith("tls_");
		const version = isOf13 ? "TLSv1.3" : "TLSv1.2";
		const socket = connect({
			...{ host: "127.0.0.1", port: listener.port, ca: authority },
			servername: "dms.example.com",
			...{ minVersion: version, maxVersion: version },
			// Those of TLS 1.3 don't count as a list, which is not to be empty.
			ciphers: name.toUpperCase() + (isOf13 ? ":HIGH" : ":@SECLEVEL=0"),
		});
		const isTaken = await once(socket, "secureConnect").then(
			() => true,
			() => false,
		);
		if (isTaken) taken.push(socket.getCipher().name);
		socket.destroy();
	}
	assert.deepEqual(taken.sort(), [
		...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"],
		...["ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"],
		"TLS_CHACHA20_POLY1305_SHA256",
	]);
});

test("the certificate that hello shows is the one that TLS serves", async (context) => {
	const { listener, authority } = await openPort(context);
	const reply = decodeHelloReply((await getPlain(listener, "/hello?nonce=" + createNonce())).bytes);
	const hello = decodeHello(reply?.body ?? new Uint8Array());
	const socket = connect({
		host: "127.0.0.1",
		port: listener.port,
		ca: authority,
		servername: "dms.example.com",
	});
	await once(socket, "secureConnect");
	assert.deepEqual(Uint8Array.from(socket.getPeerCertificate().raw), hello?.certificate);
	socket.destroy();
});

test("a running listener takes up its renewed certificate", async (context) => {
	const { bench, listener, authority } = await openPort(context, { renewalMilliseconds: 5 });
	const serialNow = async () => {
		const options = { host: "127.0.0.1", port: listener.port, rejectUnauthorized: false };
		const socket = connect({ ...options, ca: authority });
		await once(socket, "secureConnect");
		const { serialNumber } = socket.getPeerCertificate();
		socket.destroy();
		return serialNumber;
	};
	const first = await serialNow();
	bench.clock.advance(300 * 86_400);
	for (;;) if ((await serialNow()) !== first) break;
});

test("a head of more than 8,192 bytes is refused with a body", async (context) => {
	const { bench, listener, send } = await openPort(context);
	const { socket, closed } = await connectRaw(listener);
	socket.write("GET /hello HTTP/1.1\r\nhost: x\r\npadding: " + "x".repeat(8_192) + "\r\n\r\n");
	const answer = await closed;
	assert.match(answer, /^HTTP\/1\.1 431 /);
	assert.equal(decodeRefusal(bodyOf(answer))?.rule, "request");
	const device = createDevice(bench.clock);
	const draft = device.acknowledge();
	const headers = { ...draft.headers, padding: "x".repeat(8_192) };
	const reply = await send({ ...draft, headers });
	assert.deepEqual([reply.status, refusalOf(reply).rule], [431, "request"]);
	const smaller = { ...draft.headers, padding: "x".repeat(7_000) };
	assert.equal(refusalOf(await send({ ...draft, headers: smaller })).rule, "device-unknown");
});

test("what is no HTTP is refused with a body", async (context) => {
	const { listener } = await openPort(context);
	for (const text of [
		"hello\r\n\r\n",
		"GET /hello HTTP/1.1\r\n\r\n",
		"GET \\ HTTP/1.1\r\nhost: x\r\n\r\n",
	]) {
		const { socket, closed } = await connectRaw(listener);
		socket.end(text);
		const answer = await closed;
		assert.match(answer, /^HTTP\/1\.1 4(00|26) /, text);
		assert.equal(decodeRefusal(bodyOf(answer))?.rule, "request", text);
	}
});

test("a body that is too long is refused before it is read", async (context) => {
	const { bench, send } = await openPort(context);
	const { device } = await bench.provisioned();
	const body = { token: "x", padding: new Uint8Array(200_000) };
	const reply = await send(device.claim("", { body }));
	assert.deepEqual([reply.status, refusalOf(reply).rule], [413, "request"]);
	assert.equal(reply.headers.get("connection"), "close");
});

test("a body in chunks is refused: 411", async (context) => {
	const { bench, send } = await openPort(context);
	const { device } = await bench.provisioned();
	const draft = device.claim("0000");
	const { "content-length": _, ...headers } = draft.headers;
	const chunked = { ...draft, headers: { ...headers, "transfer-encoding": "chunked" } };
	assert.equal((await send(chunked)).status, 411);
});

test("a client that sends nothing, or stops in the middle, is cut", async (context) => {
	const { listener } = await openPort(context, {
		firstByteMilliseconds: 30,
		headMilliseconds: 30,
		requestMilliseconds: 30,
		handshakeMilliseconds: 30,
	});
	const stops = {
		"": /^$/,
		"GET /hello HTTP/1.1\r\nhost: x\r\n": /^HTTP\/1\.1 408 /,
		"POST /claim HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc": /^HTTP\/1\.1 4(08|26) /,
		"\u0016\u0003\u0001": /^$/,
	};
	for (const [text, expected] of Object.entries(stops)) {
		const { socket, closed } = await connectRaw(listener);
		if (text !== "") socket.write(text, "latin1");
		assert.match(await closed, expected, JSON.stringify(text));
	}
});

test("an idle connection is closed", async (context) => {
	const { listener } = await openPort(context, { idleMilliseconds: 20 });
	const { socket, closed } = await connectRaw(listener);
	socket.write("GET /hello?nonce=" + createNonce() + " HTTP/1.1\r\nhost: x\r\n\r\n");
	assert.match(await closed, /^HTTP\/1\.1 200 /);
});

test("more connections than the limit are turned away, and those there go on", async (context) => {
	const { listener } = await openPort(context, { connectionsMaximum: 2 });
	const [first, second] = [await connectRaw(listener), await connectRaw(listener)];
	assert.equal(await (await connectRaw(listener)).closed, "");
	second.socket.destroy();
	first.socket.write(
		"GET /hello?nonce=" + createNonce() + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
	);
	assert.match(await first.closed, /^HTTP\/1\.1 200 /);
});

test("silent, slow and half-open clients don't hold up the end", async (context) => {
	const { listener, bench } = await openPort(context, { graceMilliseconds: 20 });
	const texts = [
		"",
		"\u0016\u0003",
		"GET /hel",
		"POST /hello HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc",
		"GET /hello?nonce=" + createNonce() + " HTTP/1.1\r\nhost: x\r\n\r\n",
	];
	const open = await Promise.all(texts.map(() => connectRaw(listener)));
	open.forEach(({ socket }, index) => socket.write(texts[index] ?? "", "latin1"));
	const [, , , , asked] = open;
	if (asked) await once(asked.socket, "data");
	await listener.close();
	await Promise.all(open.map(({ closed }) => closed));
	assert.ok(bench.log.length > 0);
	await assert.rejects(connectRaw(listener));
});

test("a request under way is answered before the end", async (context) => {
	const bench = await openBench(context, createClock(Date.now()));
	const { device } = await bench.provisioned();
	let start = () => {};
	let goOn = () => {};
	const started = new Promise<void>((resolve) => (start = resolve));
	const gate = new Promise<void>((resolve) => (goOn = resolve));
	const answer: Service["answer"] = async (incoming) => {
		start();
		await gate;
		return bench.service.answer(incoming);
	};
	const gated = { ...bench.service, answer };
	const listener = await listen(gated, { host: "127.0.0.1", port: 0 });
	const authority = certificatePem(bench.authority.credential.certificate);
	const sent = sendThroughTls(listener, device.acknowledge(), authority);
	await started;
	const closed = listener.close();
	goOn();
	assert.equal((await sent).status, 204);
	await closed;
});

test("a port in use is an error, and leaves nothing behind", async (context) => {
	const { listener, bench } = await openPort(context);
	const { host, port } = listener;
	await assert.rejects(listen(bench.service, { host, port }), { code: "EADDRINUSE" });
});

test("the listener logs what it refuses by itself", async (context) => {
	const { listener, bench } = await openPort(context);
	const { socket, closed } = await connectRaw(listener);
	socket.end("secret\r\n\r\n");
	await closed;
	const entries = bench.log.map((entry) =>
		entry.kind === "request" ? [entry.status, entry.rule, entry.path] : [],
	);
	assert.deepEqual(entries, [[400, "request", "(unknown)"]]);
});

test("an expectation that nobody knows is no reason for another answer", async (context) => {
	const { listener } = await openPort(context);
	const { socket, closed } = await connectRaw(listener);
	const head = "GET /hello HTTP/1.1\r\nhost: x\r\nexpect: a-banana\r\nconnection: close\r\n\r\n";
	socket.write(head);
	const answer = await closed;
	assert.match(answer, /^HTTP\/1\.1 400 /);
	assert.equal(decodeRefusal(bodyOf(answer))?.rule, "request");
});

test("a body whose client waits is asked for, unless its head is refused", async (context) => {
	const { listener } = await openPort(context);
	const post = (length: number, body = ""): Promise<string> => {
		const type = "content-type: application/vnd.msgpack\r\ncontent-length: " + length;
		const head = `POST /update HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n${type}\r\n`;
		return exchangeThroughTls(listener, head + "\r\n" + body);
	};
	assert.match(await post(300_000), /^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i);
	assert.match(await post(3, "abc"), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /);
});

test("who takes nothing of an image makes room for others", async (context) => {
	const limits = { stallMilliseconds: 50, idleMilliseconds: 600_000, connectionsMaximum: 1 };
	const { bench, listener } = await openPort(context, limits);
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	const image = new Uint8Array(1_900_000);
	const times = 20; // More than all buffers on the way hold.
	const { id } = await publisher.publish("1.0.0.0", 1, { image });
	const greedy = connect({ host: "127.0.0.1", port: listener.port, rejectUnauthorized: false });
	greedy.write(`GET /update/${id}/image HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(times));
	greedy.on("error", () => {});
	await once(greedy, "readable");
	const hello = "/hello?nonce=" + createNonce();
	for (;;) if ((await getPlain(listener, hello).catch(() => undefined))?.status === 200) break;
	greedy.destroy();
});

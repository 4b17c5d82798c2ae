import assert from "node:assert/strict";
import { test } from "node:test";
import { asciiBytes } from "../../src/encoding/bytes.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { type Bench, openBench, refusalOf, type Refused, replyOf } from "./bench.js";
import { createDevice, createNonce, type Draft, origin } from "./protocol-device.js";

function withoutHeader(draft: Draft, name: string): Draft {
	const { [name]: _, ...headers } = draft.headers;
	return { ...draft, headers };
}

function withHeader(draft: Draft, name: string, value: string): Draft {
	return { ...draft, headers: { ...draft.headers, [name]: value } };
}

async function ask(
	bench: Bench,
	method: string,
	url: string,
): Promise<Refused & { headers: Headers }> {
	const reply = await replyOf(await bench.service.fetch(new Request(url, { method })));
	return { ...refusalOf(reply), headers: reply.headers };
}

test("plain HTTP gets hello and nothing else: 426", async (context) => {
	const bench = await openBench(context);
	const plain = origin.replace("https:", "http:");
	const hello = new Request(plain + "/hello?nonce=" + createNonce());
	assert.equal((await bench.service.fetch(hello)).status, 200);
	const { device } = await bench.provisioned();
	const signed = device.release();
	const refused = await bench.refused({ ...signed, url: signed.url.replace("https:", "http:") });
	assert.deepEqual([refused.status, refused.rule, refused.result], [426, "request", 2300]);
	for (const [method, path] of [
		["POST", "/hello"],
		["GET", "/"],
		["PUT", "/provision"],
	] as const) {
		const answer = await ask(bench, method, plain + path);
		assert.equal(answer.status, 426);
		assert.equal(answer.headers.get("upgrade"), "TLS/1.2, HTTP/1.1");
		assert.equal(answer.headers.get("connection"), "upgrade");
	}
});

test("a target that claims https doesn't make plain HTTP any better", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const { url, headers } = device.acknowledge();
	const incoming = { target: url, isEncrypted: false };
	const response = await bench.service.fetch(
		new Request(url, { method: "PUT", headers }),
		incoming,
	);
	assert.equal(response.status, 426);
});

test("a target in absolute form is taken as the path and query in it", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const { url, headers } = device.acknowledge({ query: "?a=b" });
	const incoming = { target: url, isEncrypted: true };
	const response = await bench.service.fetch(
		new Request(url, { method: "PUT", headers }),
		incoming,
	);
	assert.equal(response.status, 204);
});

test("another path is 404, another method 405 with what is allowed", async (context) => {
	const bench = await openBench(context);
	for (const path of ["/", "/hello/", "/provisions", "/%68ello"]) {
		const refused = await ask(bench, "GET", origin + path);
		assert.deepEqual([refused.status, refused.rule, refused.result], [404, "request", 2300]);
	}
	const allowed = [
		["POST", "/hello", "GET"],
		["GET", "/provision", "POST, PUT"],
		["PUT", "/claim", "POST, DELETE"],
		["DELETE", "/activate", "POST"],
	] as const;
	for (const [method, path, allow] of allowed) {
		const refused = await ask(bench, method, origin + path);
		assert.deepEqual([refused.status, refused.rule], [405, "request"]);
		assert.equal(refused.headers.get("allow"), allow);
	}
});

test("a body without a length or in chunks is 411", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const draft = device.activate("ACME-LAMP");
	const wrong = [
		withoutHeader(draft, "content-length"),
		withHeader(draft, "content-length", "abc"),
		withHeader(draft, "content-length", "-1"),
		withHeader(draft, "transfer-encoding", "chunked"),
	];
	for (const each of wrong) {
		const refused = await bench.refused(each);
		assert.deepEqual([refused.status, refused.rule, refused.result], [411, "request", 2300]);
	}
});

test("a body of more than 4,096 bytes is 413, and one of 4,096 is read", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	// What MessagePack needs around the padding.
	const overhead = 30;
	for (const [length, status] of [
		[4_096, 200],
		[4_097, 413],
	] as const) {
		const body = { product: "ACME-LAMP", padding: new Uint8Array(length - overhead) };
		const draft = device.activate("ACME-LAMP", { body });
		assert.equal(draft.body?.length, length);
		assert.equal((await bench.send(draft)).status, status);
	}
});

test("no more of a body is read than its length says", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const draft = device.activate("ACME-LAMP");
	let pulled = 0;
	const body = new ReadableStream({
		pull(controller) {
			pulled++;
			controller.enqueue(new Uint8Array(1_024));
		},
	});
	const init = { method: "POST", headers: draft.headers, body, duplex: "half" } as const;
	const reply = await replyOf(await bench.service.fetch(new Request(draft.url, init)));
	assert.deepEqual([reply.status, refusalOf(reply).rule], [400, "request"]);
	assert.ok(pulled <= 3, pulled + " chunks were taken");
});

test("a body that is shorter than its length is 400", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const draft = withHeader(device.activate("ACME-LAMP"), "content-length", "100");
	assert.equal((await bench.refused(draft)).status, 400);
});

test("a body of another media type is 415", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const draft = device.activate("ACME-LAMP");
	const types = ["application/json", "application/msgpack", "application/vnd.msgpack, text/plain"];
	for (const type of types) {
		const refused = await bench.refused(withHeader(draft, "content-type", type));
		assert.deepEqual([refused.status, refused.rule, refused.result], [415, "request", 2300]);
	}
	const upper = withHeader(draft, "content-type", "Application/VND.MsgPack");
	assert.equal((await bench.send(upper)).status, 200);
});

test("a body where none belongs is refused", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	const body = { any: 1 };
	assert.equal((await bench.refused(device.release({ body }))).status, 400);
	assert.equal((await bench.refused(device.acknowledge({ body }))).rule, "request");
	assert.equal((await bench.service.devices.show(uuid)).owner, "alice");
});

test("a body that isn't one MessagePack map by our rules is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const good = encodeMap({ product: "ACME-LAMP" });
	const wrong = [
		Uint8Array.of(0x90),
		Uint8Array.of(...good, 0xc0),
		good.subarray(0, -1),
		Uint8Array.of(0x81, 0xa7, ...asciiBytes("product"), 0xa1, 0xff),
		Uint8Array.of(0x81, 0xa7, ...asciiBytes("product"), 0xd4, 0x01, 0x00),
		encodeMap({ product: ["ACME-LAMP"] }),
		encodeMap({ PRODUCT: "ACME-LAMP" }),
	];
	for (const body of wrong) {
		const refused = await bench.refused(device.activate("ACME-LAMP", { body }));
		assert.deepEqual([refused.status, refused.rule], [400, "request"]);
	}
	assert.equal((await bench.send(device.activate("", { body: good }))).status, 200);
});

test("what goes wrong inside is 500, logged once, and told to nobody else", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const draft = createDevice(bench.clock).acknowledge();
	await bench.service.close();
	for (const each of [device.acknowledge(), draft]) {
		bench.log.length = 0;
		const refused = await bench.refused(each);
		assert.deepEqual([refused.status, refused.rule, refused.result], [500, "fault", 2317]);
		assert.doesNotMatch(refused.message, /database|driver|destroyed|sql/i);
		assert.deepEqual(
			bench.log.map(({ kind }) => kind),
			["fault", "request"],
		);
	}
});

test("the log has a line a request, and no text of a stranger's", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.provisioned();
	bench.log.length = 0;
	await bench.send(device.acknowledge({ query: "?secret=1" }));
	await bench.refused(device.activate("ACME-LAMP"));
	await bench.refused(createDevice(bench.clock).release());
	await ask(bench, "GET", origin + "/secret?secret=2");
	const lines = bench.log.map((entry) => (entry.kind === "request" ? { ...entry } : entry));
	assert.doesNotMatch(JSON.stringify(lines), /secret/);
	const shown = lines.map((entry) =>
		entry.kind === "request" ? [entry.method, entry.path, entry.status, entry.rule] : [],
	);
	assert.deepEqual(shown, [
		["PUT", "/provision", 204, undefined],
		["POST", "/activate", 403, "claim-before-activate"],
		["DELETE", "/claim", 401, "device-unknown"],
		["GET", "(unknown)", 404, "request"],
	]);
	const who = lines.map((entry) => (entry.kind === "request" ? entry.who : undefined));
	assert.deepEqual(who.slice(0, 2), [uuid, uuid]);
	assert.match(who[2] ?? "", /^[0-9a-f]{12}$/);
});

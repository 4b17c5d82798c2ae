/** What a signature covers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { contentDigest } from "../../src/protocol/signature.js";
import { openBench } from "./bench.js";
import { createKeyPair, createNonce, origin, sha256 } from "./protocol-device.js";
import { assertRefused, alter, customDraft, required, parametersOf } from "./signed-draft.js";

test("another body, with its own right digest or without, is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const body = Uint8Array.from(encodeMap({ product: "ACME-LAMB" }));
	const draft = { ...device.activate("ACME-LAMP"), body };
	await assertRefused(bench, draft);
	await assertRefused(
		bench,
		alter(draft, "content-digest", () => contentDigest(sha256(body))),
	);
});

test("another method, path or query is refused", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	await assertRefused(bench, { ...device.release(), method: "PUT", url: origin + "/provision" });
	await assertRefused(bench, { ...device.acknowledge(), method: "DELETE", url: origin + "/claim" });
	await assertRefused(bench, { ...device.release(), url: origin + "/claim?" });
	await assertRefused(bench, { ...device.release(), url: origin + "/claim?a=b" });
	await assertRefused(bench, { ...device.release({ query: "?a=b" }), url: origin + "/claim" });
	await assertRefused(bench, { ...device.release({ query: "?a=b" }), url: origin + "/claim?a=c" });
	assert.equal((await bench.service.devices.show(uuid)).owner, "alice");
});

test("a query that is covered is accepted, as it was sent", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	for (const query of ["?a=b", "?", "?a=%2f%2F+'x'&b"]) {
		const draft = device.acknowledge({ query });
		const request = new Request(origin + "/provision", { method: "PUT", headers: draft.headers });
		const target = "/provision" + query;
		const response = await bench.service.fetch(request, { target, isEncrypted: true });
		assert.equal(response.status, 204, query);
	}
});

test("another path that a URL library would take for ours is none of ours", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	for (const target of ["/x/../provision", "/%70rovision", "/provision/", "//provision"]) {
		const { headers } = device.acknowledge({ path: target });
		const request = new Request(origin + "/provision", { method: "PUT", headers });
		const response = await bench.service.fetch(request, { target, isEncrypted: true });
		assert.equal(response.status, 404, target);
	}
});

test("another nonce, key or time than was signed is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const other = await bench.provisioned();
	const draft = device.acknowledge();
	const input = "signature-input";
	const nonce = /nonce="[^"]*"/;
	await assertRefused(
		bench,
		alter(draft, input, (x) => x.replace(nonce, `nonce="${createNonce()}"`)),
	);
	const { keyId } = other.device.key;
	await assertRefused(
		bench,
		alter(draft, input, (x) => x.replace(device.key.keyId, keyId)),
	);
	const created = bench.clock.seconds();
	const later = "created=" + (created + 1);
	await assertRefused(
		bench,
		alter(draft, input, (x) => x.replace("created=" + created, later)),
	);
});

test("a time more than 300 seconds from the service's clock is refused: clock", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const now = bench.clock.seconds();
	for (const created of [now - 301, now + 301, 0, -now]) {
		await assertRefused(bench, device.acknowledge({ created }), "clock");
	}
	for (const created of [now - 300, now + 300]) {
		assert.equal((await bench.send(device.acknowledge({ created }))).status, 204);
	}
});

test("a signature that has expired is refused: clock", async (context) => {
	const bench = await openBench(context);
	const { key } = (await bench.provisioned()).device;
	const now = bench.clock.seconds();
	for (const [expires, status] of [
		[now, 401],
		[now + 1, 204],
	] as const) {
		const parameters = parametersOf(bench, key, ";expires=" + expires);
		const reply = await bench.send(customDraft(key, { components: required, parameters }));
		assert.equal(reply.status, status);
	}
});

test("each required component must be covered", async (context) => {
	const bench = await openBench(context);
	const { key } = (await bench.provisioned()).device;
	for (const dropped of [0, 1]) {
		const components = required.filter((_, index) => index !== dropped);
		const parameters = parametersOf(bench, key);
		await assertRefused(bench, customDraft(key, { components, parameters }));
	}
	const withQuery = customDraft(key, {
		components: required,
		parameters: parametersOf(bench, key),
	});
	await assertRefused(bench, { ...withQuery, url: origin + "/provision?a=b" });
});

test("a body whose digest isn't covered is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const draft = device.activate("ACME-LAMP");
	const parameters = parametersOf(bench, device.key);
	const components = [
		['"@method"', "POST"],
		['"@path"', "/activate"],
	] as const;
	const { headers } = customDraft(device.key, { components, parameters });
	await assertRefused(bench, { ...draft, headers: { ...draft.headers, ...headers } });
});

test("every component of RFC 9421 without parameters is taken, and any field", async (context) => {
	const bench = await openBench(context);
	const { key } = (await bench.provisioned()).device;
	const components = [
		...required,
		['"@target-uri"', "https://dms.example.com:8443/provision"],
		['"@authority"', "dms.example.com:8443"],
		['"@scheme"', "https"],
		['"@request-target"', "/provision"],
		['"@query"', "?"],
		['"user-agent"', "lamp 1, two"],
	] as const;
	const parameters = parametersOf(bench, key, ';tag="any"');
	const headers = { "user-agent": "  lamp 1, two ", host: "DMS.example.com:8443" };
	const draft = customDraft(key, { components, parameters }, headers);
	const { url, method } = draft;
	const incoming = { target: "/provision", isEncrypted: true };
	const request = new Request(url, { method, headers: draft.headers });
	assert.equal((await bench.service.fetch(request, incoming)).status, 204);
});

test("the authority is the Host field in lower case without a default port", async (context) => {
	const bench = await openBench(context);
	const { key } = (await bench.provisioned()).device;
	const authorities = [
		["Lamp.EXAMPLE:443", "lamp.example"],
		["a.b:80", "a.b:80"],
	] as const;
	for (const [host, authority] of authorities) {
		const components = [...required, ['"@authority"', authority]] as const;
		const parameters = parametersOf(bench, key);
		const reply = await bench.send(customDraft(key, { components, parameters }, { host }));
		assert.equal(reply.status, 204, host);
	}
});

test("a component that is lacking, doubled or has a parameter is refused", async (context) => {
	const bench = await openBench(context);
	const { key } = (await bench.provisioned()).device;
	const items = [
		['"user-agent"', ""],
		['"@status"', "200"],
		['"@path"', "/provision"],
		['"@method";req', "PUT"],
		['"host";sf', "x"],
		['"host";bs', ":eA==:"],
		['"host";key="a"', "x"],
		['"host";tr', "x"],
		['"@query-param";name="a"', "b"],
		['"host";unknown', "x"],
		['"Host"', "x"],
		["host", "x"],
		["7", "x"],
	] as const;
	for (const item of items) {
		for (const isCareless of [false, true]) {
			const custom = { components: [...required, item], parameters: parametersOf(bench, key) };
			await assertRefused(bench, customDraft(key, { ...custom, isCareless }, { host: "x" }));
		}
	}
});

test("a key that nobody registered is refused: device-unknown", async (context) => {
	const bench = await openBench(context);
	const key = createKeyPair();
	const parameters = parametersOf(bench, key);
	const refused = await bench.refused(customDraft(key, { components: required, parameters }));
	assert.equal(refused.rule, "device-unknown");
});

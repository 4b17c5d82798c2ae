import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { contentDigest } from "../../src/protocol/signature.js";
import { type Bench, openBench } from "./bench.js";
import {
	createKeyPair,
	createNonce,
	type Draft,
	type KeyPair,
	origin,
	sha256,
	signText,
} from "./protocol-device.js";

async function assertRefused(bench: Bench, draft: Draft, rule = "signature"): Promise<void> {
	const refused = await bench.refused(draft);
	assert.equal(refused.rule, rule, JSON.stringify(draft.headers));
	assert.equal(refused.status, 401);
	assert.equal(refused.result, rule === "clock" ? 2302 : 2301);
}

/** Sets a header field to what `change` makes of it, and insists that it is something else. */
function alter(draft: Draft, name: string, change: (value: string) => string): Draft {
	const before = draft.headers[name] ?? "";
	const after = change(before);
	assert.notEqual(after, before);
	return { ...draft, headers: { ...draft.headers, [name]: after } };
}

interface Custom {
	/** The covered components with their values, in order. */
	readonly components: readonly (readonly [item: string, value: string])[];
	/** Behind the list: `;created=...`. */
	readonly parameters: string;
	/** The parameters as they are sent, when other than signed. */
	readonly sent?: string;
	/** Whether the base is a careless verifier's: components once, without their parameters. */
	readonly isCareless?: boolean;
}

/** `PUT /provision` with components and parameters of the test's own making, rightly signed. */
function customDraft(key: KeyPair, custom: Custom, headers: Record<string, string> = {}): Draft {
	const items = "(" + custom.components.map(([item]) => item).join(" ") + ")";
	const nameOf = (item: string) => (custom.isCareless ? item.replace(/;.*/, "") : item);
	const lines = custom.components.map(([item, value]) => nameOf(item) + ": " + value);
	const unique = custom.isCareless ? new Set(lines) : lines;
	const base = [...unique, '"@signature-params": ' + items + custom.parameters].join("\n");
	const signature = Buffer.from(signText(base, key)).toString("base64");
	return {
		method: "PUT",
		url: origin + "/provision",
		headers: {
			...headers,
			"signature-input": "device=" + items + (custom.sent ?? custom.parameters),
			signature: "device=:" + signature + ":",
		},
	};
}

const required = [
	['"@method"', "PUT"],
	['"@path"', "/provision"],
] as const;

function parametersOf(bench: Bench, key: KeyPair, more = ""): string {
	const created = bench.clock.seconds();
	return `;created=${created};nonce="${createNonce()}";keyid="${key.keyId}"${more}`;
}

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
	const arrival = { target: "/provision", isEncrypted: true };
	const request = new Request(url, { method, headers: draft.headers });
	assert.equal((await bench.service.fetch(request, arrival)).status, 204);
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

test("parameters that are missing or of another type are refused", async (context) => {
	const bench = await openBench(context);
	const { key } = (await bench.provisioned()).device;
	const created = ";created=" + bench.clock.seconds();
	const nonce = `;nonce="${createNonce()}"`;
	const keyId = `;keyid="${key.keyId}"`;
	const wrong = [
		nonce + keyId,
		created + keyId,
		created + nonce,
		`;created="${bench.clock.seconds()}"` + nonce + keyId,
		created + ".0" + nonce + keyId,
		created + ".5" + nonce + keyId,
		";created=@" + bench.clock.seconds() + nonce + keyId,
		";created" + nonce + keyId,
		created + ";nonce=abc" + keyId,
		created + ';nonce="short"' + keyId,
		created + `;nonce="${createNonce().slice(1)}+"` + keyId,
		created + nonce + ";keyid=abc",
		created + nonce + `;keyid="${key.keyId.toUpperCase()}"`,
		created + nonce + `;keyid="${key.keyId.slice(1)}"`,
		created + nonce + keyId + ';alg="ecdsa-p384-sha384"',
		created + nonce + keyId + ";alg=ecdsa-p256-sha256",
		created + nonce + keyId + ';expires="never"',
	];
	for (const parameters of wrong) {
		await assertRefused(bench, customDraft(key, { components: required, parameters }));
	}
	const right = created + nonce + keyId + ';alg="ecdsa-p256-sha256"';
	const reply = await bench.send(customDraft(key, { components: required, parameters: right }));
	assert.equal(reply.status, 204);
});

test("of a label or parameter that comes twice the last one counts", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const { key } = device;
	const last = parametersOf(bench, key);
	const sent = ';created=1;nonce="x"' + last;
	const parameters = last;
	assert.equal(
		(await bench.send(customDraft(key, { components: required, parameters, sent }))).status,
		204,
	);
	const draft = device.acknowledge();
	const doubled = alter(draft, "signature", (value) => "device=:AAAA:, " + value);
	assert.equal((await bench.send(doubled)).status, 204);
	await assertRefused(
		bench,
		alter(device.acknowledge(), "signature", (x) => x + ", device=:AAAA:"),
	);
});

test("the space that RFC 8941 allows on the wire changes nothing", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const spaced = alter(device.acknowledge(), "signature-input", (value) =>
		value.replace("(", "(  ").replace(")", " )").replaceAll(";", "; "),
	);
	assert.equal((await bench.send(spaced)).status, 204);
});

test("a missing or malformed signature is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	for (const name of ["signature", "signature-input"]) {
		const { [name]: _, ...headers } = device.acknowledge().headers;
		await assertRefused(bench, { ...device.acknowledge(), headers });
		const changes = [() => "", () => "device", () => "device=:", (x: string) => x + ","];
		changes.push(
			(x) => x.replace("device", "other"),
			(x) => x.slice(0, -1),
		);
		changes.push(
			() => 'device="text"',
			() => "device=(7)",
		);
		for (const change of changes)
			await assertRefused(bench, alter(device.acknowledge(), name, change));
	}
});

test("r or s of zero, from the group's order on, or too long is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
	const good = Buffer.from(
		(device.acknowledge().headers["signature"] ?? "").slice("device=:".length, -1),
		"base64",
	).toString("hex");
	const [r, s] = [good.slice(0, 64), good.slice(64)];
	const zero = "0".repeat(64);
	const high = "f".repeat(64);
	const wrong = [zero + s, r + zero, order + s, r + order, high + s, r + high, high + high];
	wrong.push(zero + zero, r, "", good + "00", r + s.slice(2), "00" + r + s);
	for (const hex of wrong) {
		const text = "device=:" + Buffer.from(hex, "hex").toString("base64") + ":";
		await assertRefused(
			bench,
			alter(device.acknowledge(), "signature", () => text),
		);
	}
});

test("any bit of the signature that is another is refused", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const draft = device.acknowledge();
	const text = draft.headers["signature"] ?? "";
	const bytes = Buffer.from(text.slice("device=:".length, -1), "base64");
	for (const [index, bit] of [
		[0, 0x80],
		[0, 1],
		[31, 1],
		[32, 0x80],
		[63, 1],
	] as const) {
		const changed = Buffer.from(bytes);
		changed[index] = (changed[index] ?? 0) ^ bit;
		const field = "device=:" + changed.toString("base64") + ":";
		await assertRefused(
			bench,
			alter(draft, "signature", () => field),
		);
	}
	assert.equal((await bench.send(draft)).status, 204);
});

test("a digest of another algorithm is refused alone, ignored beside ours", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const draft = device.activate("ACME-LAMP");
	const digest = draft.headers["content-digest"] ?? "";
	const parameters = parametersOf(bench, device.key);
	for (const [value, status] of [
		["sha-512=:AAAA:", 401],
		["sha-512=:AAAA:, " + digest, 200],
	] as const) {
		const components = [
			['"@method"', "POST"],
			['"@path"', "/activate"],
			['"content-digest"', value],
		] as const;
		const signed = customDraft(device.key, { components, parameters });
		const headers = { ...draft.headers, ...signed.headers, "content-digest": value };
		assert.equal((await bench.send({ ...draft, headers })).status, status);
	}
});

test("a key that nobody registered is refused: device-unknown", async (context) => {
	const bench = await openBench(context);
	const key = createKeyPair();
	const parameters = parametersOf(bench, key);
	const refused = await bench.refused(customDraft(key, { components: required, parameters }));
	assert.equal(refused.rule, "device-unknown");
});

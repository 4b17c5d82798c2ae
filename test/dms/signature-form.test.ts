/** What form a signature has. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBench } from "./bench.js";
import { createNonce } from "./protocol-device.js";
import { assertRefused, alter, customDraft, required, parametersOf } from "./signed-draft.js";

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

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyId } from "../../src/protocol/key.js";
import { openBench, provisionReplyOf } from "./bench.js";
import { secondsPerDay } from "./clock.js";
import { createDevice, createKeyPair, facts, sha256 } from "./protocol-device.js";

const uuid = "00112233445566778899aabbccddeeff00112233";
const otherUuid = "ff112233445566778899aabbccddeeff00112233";

test("a key and a token become a device with a UUID of 40 digits", async (context) => {
	const bench = await openBench(context);
	const device = createDevice(bench.clock);
	const { token } = await bench.service.tokens.addProvisioning();
	const reply = provisionReplyOf(await bench.send(device.provision(token)));
	assert.match(reply.uuid, /^[0-9a-f]{40}$/);
	const kept = await bench.service.devices.show(reply.uuid);
	assert.equal(kept.state, "issued");
	assert.equal(kept.keyId, device.key.keyId);
	assert.equal(kept.hardware, facts.hardware);
	assert.equal(kept.platform, facts.platform);
	assert.equal(kept.version, facts.version);
	assert.equal(kept.firstSeenAt, bench.clock.seconds());
});

test("two devices never get the same UUID", async (context) => {
	const bench = await openBench(context);
	const [first, second] = [await bench.provisioned(), await bench.provisioned()];
	assert.notEqual(first.uuid, second.uuid);
});

test("the same token and key get the same UUID and certificate again", async (context) => {
	const bench = await openBench(context);
	const device = createDevice(bench.clock);
	const { token } = await bench.service.tokens.addProvisioning();
	const first = provisionReplyOf(await bench.send(device.provision(token)));
	bench.clock.advance(700);
	const second = provisionReplyOf(await bench.send(device.provision(token)));
	assert.deepEqual(second, first);
	assert.equal((await bench.service.devices.list()).length, 1);
	assert.equal((await bench.service.devices.show(first.uuid)).certificates.length, 1);
});

test("a bound token stays good for its key after its own expiry", async (context) => {
	const bench = await openBench(context);
	const { device, uuid, token } = await bench.provisioned();
	bench.clock.advance(31 * secondsPerDay);
	assert.equal(provisionReplyOf(await bench.send(device.provision(token))).uuid, uuid);
});

test("an expired certificate is issued anew for the same key and UUID", async (context) => {
	const bench = await openBench(context);
	const { device, uuid, token } = await bench.provisioned();
	const first = await bench.service.devices.show(uuid);
	bench.clock.advance(3_650 * secondsPerDay);
	const reply = provisionReplyOf(await bench.send(device.provision(token)));
	const second = await bench.service.devices.show(uuid);
	assert.equal(reply.uuid, uuid);
	assert.equal(second.certificates.length, 2);
	assert.notEqual(second.certificates[1]?.serial, first.certificates[0]?.serial);
});

test("a token that the service never made is refused: token-unknown", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning();
	const stranger = await openBench(context);
	const refused = await stranger.refused(createDevice(bench.clock).provision(token));
	assert.equal(refused.rule, "token-unknown");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2303);
});

test("a revoked token is refused: token-unknown", async (context) => {
	const bench = await openBench(context);
	const { token, id } = await bench.service.tokens.addProvisioning();
	await bench.service.tokens.revoke(id);
	const refused = await bench.refused(createDevice(bench.clock).provision(token));
	assert.equal(refused.rule, "token-unknown");
	assert.deepEqual(await bench.service.devices.list(), []);
});

test("an expired token is refused: token-expired", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning({ lifeSeconds: 60 });
	bench.clock.advance(60);
	const refused = await bench.refused(createDevice(bench.clock).provision(token));
	assert.equal(refused.rule, "token-expired");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2304);
	assert.match(refused.message, /dms_provision/);
});

test("another key with a bound token is refused and audited: token-spent", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.provisioned();
	const thief = createDevice(bench.clock);
	const refused = await bench.refused(thief.provision(token));
	assert.equal(refused.rule, "token-spent");
	assert.equal(refused.status, 409);
	assert.equal(refused.result, 2305);
	assert.equal((await bench.service.devices.list()).length, 1);
	const entry = (await bench.audit()).at(-1);
	assert.equal(entry?.rule, "token-spent");
	assert.equal(entry?.actor, "key:" + thief.key.keyId);
	assert.match(entry?.subject ?? "", /^token:[0-9a-f]{12}$/);
});

test("the same refusal fills one line of the audit log an hour", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.provisioned();
	const thief = createDevice(bench.clock);
	const spent = async () =>
		(await bench.audit()).filter(({ rule }) => rule === "token-spent").length;
	for (let count = 0; count < 3; count++) await bench.refused(thief.provision(token));
	assert.equal(await spent(), 1);
	await bench.refused(createDevice(bench.clock).provision(token));
	assert.equal(await spent(), 2);
	bench.clock.advance(3_601);
	await bench.refused(thief.provision(token));
	assert.equal(await spent(), 3);
});

test("a key that is a device already takes no second token: key-taken", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const { token } = await bench.service.tokens.addProvisioning();
	const refused = await bench.refused(device.provision(token));
	assert.equal(refused.rule, "key-taken");
	assert.equal(refused.status, 409);
	assert.equal(refused.result, 2319);
	const other = createDevice(bench.clock);
	assert.ok(provisionReplyOf(await bench.send(other.provision(token))), "the token is still good");
});

test("a token with a UUID gives it, to a device that has it set too", async (context) => {
	const bench = await openBench(context);
	for (const changed of [{}, { uuid: otherUuid }]) {
		const fixed = changed.uuid ?? uuid;
		const { token } = await bench.service.tokens.addProvisioning({ uuid: fixed });
		const draft = createDevice(bench.clock).provision(token, {}, changed);
		assert.equal(provisionReplyOf(await bench.send(draft)).uuid, fixed);
	}
});

test("a UUID that the token doesn't allow is refused: uuid-not-allowed", async (context) => {
	const bench = await openBench(context);
	for (const options of [{}, { uuid }]) {
		const { token } = await bench.service.tokens.addProvisioning(options);
		const draft = createDevice(bench.clock).provision(token, {}, { uuid: otherUuid });
		const refused = await bench.refused(draft);
		assert.equal(refused.rule, "uuid-not-allowed");
		assert.equal(refused.status, 403);
		assert.equal(refused.result, 2307);
	}
});

test("a token that requires a UUID is refused without one: uuid-required", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning({ requiresUuid: true });
	const device = createDevice(bench.clock);
	const refused = await bench.refused(device.provision(token));
	assert.equal(refused.rule, "uuid-required");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2306);
	const reply = await bench.send(device.provision(token, {}, { uuid: uuid.toUpperCase() }));
	assert.equal(provisionReplyOf(reply).uuid, uuid);
});

test("another device's UUID is refused: uuid-taken", async (context) => {
	const bench = await openBench(context);
	const { tokens } = bench.service;
	const fixed = await tokens.addProvisioning({ uuid });
	const free = await tokens.addProvisioning({ requiresUuid: true });
	provisionReplyOf(await bench.send(createDevice(bench.clock).provision(fixed.token)));
	const refused = await bench.refused(
		createDevice(bench.clock).provision(free.token, {}, { uuid }),
	);
	assert.equal(refused.rule, "uuid-taken");
	assert.equal(refused.status, 409);
	assert.equal(refused.result, 2308);
});

test("a device must sign with the key in its body, by that key's name", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning();
	const body = { ...facts, key: createKeyPair().publicKey };
	const refused = await bench.refused(createDevice(bench.clock).provision(token, { body }));
	assert.equal(refused.rule, "signature");
	const named = { ...createKeyPair(), keyId: createKeyPair().keyId };
	const misnamed = await bench.refused(createDevice(bench.clock, named).provision(token));
	assert.equal(misnamed.rule, "signature");
});

test("the token's signature must be by the token's key", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning();
	const draft = createDevice(bench.clock).provision(token);
	const other = createDevice(bench.clock).provision(token);
	const [device = "", signed = ""] = (draft.headers["signature"] ?? "").split(", ");
	const [, foreign = ""] = (other.headers["signature"] ?? "").split(", ");
	assert.notEqual(signed, foreign);
	draft.headers["signature"] = [device, foreign].join(", ");
	assert.equal((await bench.refused(draft)).rule, "signature");
	assert.equal((await bench.service.tokens.list())[0]?.state, "open");
});

test("without the token's signature nothing is provisioned", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning();
	const draft = createDevice(bench.clock).provision(token);
	for (const name of ["signature", "signature-input"]) {
		draft.headers[name] = (draft.headers[name] ?? "").split(", token=")[0] ?? "";
	}
	assert.equal((await bench.refused(draft)).rule, "signature");
});

test("a public key off the curve, or in another form, is refused", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning();
	const key = createKeyPair();
	const off = Uint8Array.from(key.publicKey);
	off[64] = (off[64] ?? 0) ^ 1;
	// The same point in the hybrid form of X9.62, which would have another name.
	const hybrid = Uint8Array.from(key.publicKey);
	hybrid[0] = 6 + ((hybrid[64] ?? 0) & 1);
	for (const [publicKey, rule] of [
		[off, "signature"],
		[hybrid, "request"],
	] as const) {
		const changed = { ...key, publicKey, keyId: keyId(publicKey, { sha256 }) };
		const device = createDevice(bench.clock, changed);
		assert.equal((await bench.refused(device.provision(token))).rule, rule);
	}
});

test("a body that lacks a field or has a wrong one is refused: request", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning();
	const device = createDevice(bench.clock);
	const good = { key: device.key.publicKey, ...facts };
	const bodies = [
		{ ...facts },
		{ ...good, key: device.key.publicKey.subarray(1) },
		{ ...good, platform: "" },
		{ ...good, version: "1.0\n" },
		{ ...good, hardware: "x".repeat(65) },
		{ ...good, uuid: "0011" },
		{ ...good, uuid: 7 },
	];
	for (const body of bodies) {
		const refused = await bench.refused(device.provision(token, { body }));
		assert.equal(refused.rule, "request", JSON.stringify(Object.keys(body)));
		assert.equal(refused.status, 400);
		assert.equal(refused.result, 2300);
	}
	provisionReplyOf(await bench.send(device.provision(token, { body: { ...good, more: [1] } })));
});

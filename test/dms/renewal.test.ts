/** A device gets its next key and certificate, and what each of its keys may do then. */

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { type TestContext, test } from "node:test";
import { openService } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { decodeRenewalReply } from "../../src/protocol/messages.js";
import { type Bench, benchOf, openBench, type Provisioned } from "./bench.js";
import { secondsPerDay } from "./clock.js";
import {
	createDevice,
	createKeyPair,
	type KeyPair,
	type ProtocolDevice,
} from "./protocol-device.js";

interface Renewing extends Provisioned {
	readonly bench: Bench;
	readonly next: KeyPair;
	/** The same device, by its next key. */
	readonly renewed: ProtocolDevice;
}

async function openRenewing(context: TestContext): Promise<Renewing> {
	const bench = await openBench(context);
	const next = createKeyPair();
	const renewed = createDevice(bench.clock, next);
	return { bench, next, renewed, ...(await bench.claimed("alice")) };
}

async function certificateBy(
	{ bench, device }: Pick<Renewing, "bench" | "device">,
	next: KeyPair,
): Promise<Uint8Array> {
	const { status, bytes } = await bench.send(device.renew(next, bench.authority.fingerprint));
	assert.equal(status, 200);
	const reply = decodeRenewalReply(bytes);
	assert.ok(reply);
	return reply.certificate;
}

test("both keys are good until the next one has worked once, then only that", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, device, next, renewed, uuid } = renewing;
	const certificate = new X509Certificate(await certificateBy(renewing, next));
	assert.equal(certificate.subject, "CN=" + uuid);
	assert.ok(certificate.checkIssued(new X509Certificate(bench.authority.credential.certificate)));
	assert.equal((await bench.service.devices.show(uuid)).keyId, device.key.keyId);
	assert.equal((await bench.send(device.activate("ACME-LAMP"))).status, 200);
	assert.equal((await bench.send(renewed.acknowledge())).status, 204);
	const after = await bench.service.devices.show(uuid);
	assert.deepEqual([after.keyId, after.nextKeyId], [next.keyId, null]);
	assert.deepEqual([after.owner, after.product], ["alice", "ACME-LAMP"]);
	assert.equal((await bench.service.devices.list()).length, 1);
	for (let count = 0; count < 2; count++) {
		const refused = await bench.refused(device.acknowledge());
		assert.deepEqual([refused.status, refused.rule], [403, "key-replaced"]);
	}
	const refusals = (await bench.audit()).filter(({ rule }) => rule === "key-replaced");
	assert.deepEqual(
		refusals.map(({ actor, subject }) => [actor, subject]),
		[["key:" + device.key.keyId, "device:" + uuid]],
		"once a day it is written down",
	);
	assert.equal((await bench.send(renewed.activate("ACME-LAMP"))).status, 200);
});

test("a replaced key comes back in no way: token, certificate, renewal", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, device, next, renewed, token, uuid } = renewing;
	const before = bench.authority.issueDeviceCertificate(
		uuid,
		device.key.publicKey,
		bench.clock.seconds() + 9,
	);
	await certificateBy(renewing, next);
	await bench.send(renewed.acknowledge());
	bench.clock.advance(60);
	const { fingerprint } = bench.authority;
	const drafts = [
		device.provision(token),
		device.present(before.certificate),
		device.renew(createKeyPair(), fingerprint),
		device.release(),
	];
	for (const draft of drafts) assert.equal((await bench.refused(draft)).rule, "key-replaced");
	assert.equal((await bench.refused(renewed.renew(device.key, fingerprint))).rule, "key-taken");
	const [only, ...others] = await bench.service.devices.list();
	assert.deepEqual([only?.keyId, others.length], [next.keyId, 0]);
	assert.equal((await bench.service.check()).problems.length, 0);
});

test("asked again it answers the same; a lost key gives way to another", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, device, next, renewed, uuid } = renewing;
	const draft = device.renew(next, bench.authority.fingerprint);
	const first = await bench.send(draft);
	assert.deepEqual((await bench.send(draft)).bytes, first.bytes, "the same request");
	const again = await certificateBy(renewing, next);
	assert.deepEqual(
		again,
		decodeRenewalReply(first.bytes)?.certificate,
		"another request for the same key",
	);
	const later = createKeyPair();
	await certificateBy(renewing, later);
	assert.equal((await bench.refused(renewed.acknowledge())).rule, "device-unknown");
	assert.equal((await bench.send(createDevice(bench.clock, later).acknowledge())).status, 204);
	assert.equal((await bench.service.devices.show(uuid)).keyId, later.keyId);
});

test("the next key must sign too, be nobody's, and the device's own must hold", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, device, next } = renewing;
	const { fingerprint } = bench.authority;
	const other = await bench.provisioned();
	const stranger = createKeyPair();
	for (const by of [stranger, { ...stranger, keyId: next.keyId }]) {
		const draft = device.renew(next, fingerprint, {}, by);
		assert.equal((await bench.refused(draft)).rule, "signature");
	}
	for (const taken of [other.device.key, device.key]) {
		assert.equal((await bench.refused(device.renew(taken, fingerprint))).rule, "key-taken");
	}
	const thief = createDevice(bench.clock, stranger);
	assert.equal((await bench.refused(thief.renew(next, fingerprint))).rule, "device-unknown");
	const body = { key: next.publicKey, authority: Uint8Array.of(1) };
	const refused = await bench.refused(device.renew(next, fingerprint, { body }));
	assert.equal(refused.rule, "request");
	await certificateBy({ bench, device }, next);
	const rival = await bench.refused(other.device.renew(next, fingerprint));
	assert.equal(rival.rule, "key-taken", "the next key of another");
	const { token } = await bench.service.tokens.addProvisioning();
	const renewed = createDevice(bench.clock, next);
	assert.equal((await bench.refused(renewed.provision(token))).rule, "key-taken");
});

test("an expired certificate is renewed by its registered key", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, next, renewed } = renewing;
	bench.clock.advance(10 * 365 * secondsPerDay);
	const certificate = new X509Certificate(await certificateBy(renewing, next));
	assert.ok(Date.parse(certificate.validTo) > bench.clock.now());
	assert.equal((await bench.send(renewed.acknowledge())).status, 204);
});

test("a device that is locked out stays out with its next key", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, device, next, renewed, uuid } = renewing;
	await certificateBy(renewing, next);
	await bench.service.devices.lock(uuid);
	assert.equal((await bench.refused(renewed.acknowledge())).rule, "device-locked");
	assert.equal((await bench.service.devices.show(uuid)).keyId, device.key.keyId);
});

test("a device that renews in a loop is put off", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, device } = renewing;
	for (let count = 1; count < 20; count++) await certificateBy(renewing, createKeyPair());
	const { fingerprint } = bench.authority;
	const refused = await bench.refused(device.renew(createKeyPair(), fingerprint));
	assert.deepEqual([refused.status, refused.rule], [429, "busy"]);
	bench.clock.advance(secondsPerDay + 1);
	await certificateBy(renewing, createKeyPair());
});

/** A service of the same CA that knows of the device what a backup before its renewal knew. */
async function openRestored(
	context: TestContext,
	{ bench, token, device }: Renewing,
): Promise<Bench> {
	const { authority, clock } = bench;
	const service = await openService({ database: memory, authority, now: clock.now });
	context.after(() => service.close());
	const restored = benchOf(service, authority, clock);
	const old = authority.issueDeviceCertificate(
		(await bench.service.devices.list())[0]?.uuid ?? "",
		device.key.publicKey,
		clock.seconds(),
	);
	assert.ok(token);
	assert.equal((await restored.send(device.present(old.certificate))).status, 204);
	return restored;
}

test("a restored service takes the newer key, once it shows its certificate", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, device, next, renewed, uuid } = renewing;
	const restored = await openRestored(context, renewing);
	bench.clock.advance(60);
	const certificate = await certificateBy(renewing, next);
	await bench.send(renewed.acknowledge());
	assert.equal((await restored.refused(renewed.acknowledge())).rule, "device-unknown");
	assert.equal((await restored.send(renewed.present(certificate))).status, 204);
	const [only, ...others] = await restored.service.devices.list();
	assert.deepEqual([only?.uuid, only?.keyId, others.length], [uuid, next.keyId, 0]);
	assert.equal((await restored.refused(device.acknowledge())).rule, "key-replaced");
});

test("an older certificate takes no place, one on other hardware after a swap", async (context) => {
	const renewing = await openRenewing(context);
	const { bench, uuid, device } = renewing;
	const twin = createDevice(bench.clock);
	const time = bench.clock.seconds() - 60;
	const older = bench.authority.issueDeviceCertificate(uuid, twin.key.publicKey, time);
	assert.equal((await bench.refused(twin.present(older.certificate))).rule, "uuid-taken");
	const newer = bench.authority.issueDeviceCertificate(uuid, twin.key.publicKey, time + 120);
	const hardware = "b00000000000";
	const body = {
		...{ certificate: newer.certificate, hardware },
		...{ platform: "esp32", version: "1.0.0.0" },
	};
	bench.clock.advance(120);
	const { devices } = bench.service;
	assert.equal((await bench.refused(twin.acknowledge({ body }))).rule, "hardware-other");
	const { keyId, otherHardware } = await devices.show(uuid);
	assert.deepEqual([keyId, otherHardware], [device.key.keyId, hardware]);
	await devices.swap(uuid, hardware);
	assert.equal((await bench.send(twin.acknowledge({ body }))).status, 204);
	assert.equal((await devices.show(uuid)).keyId, twin.key.keyId);
});

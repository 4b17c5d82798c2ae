/** Several CAs: who is expected under each, the end of an old one, and the way back with all. */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { rebuildService } from "../../hosts/dms/administration/export.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { decodeHello, decodeHelloReply } from "../../src/protocol/messages.js";
import { type Bench, benchOf } from "./bench.js";
import { createClock, secondsPerDay } from "./clock.js";
import { createDevice, createKeyPair, type ProtocolDevice } from "./protocol-device.js";
import { createTool } from "./tool.js";

interface Place {
	readonly folder: string;
	readonly data: string;
	readonly clock: ReturnType<typeof createClock>;
	/** Starts the service again, on what is in `data` or another folder. */
	open(data?: string): Promise<{ service: Service; bench: Bench }>;
}

function placeOf(context: TestContext): Place {
	const { folder } = createTool(context);
	const data = join(folder, "data");
	const clock = createClock();
	const open = async (from = data) => {
		const service = await openService({ data: from, addresses: ["dms.test"], now: clock.now });
		context.after(() => service.close());
		return { service, bench: benchOf(service, undefined as never, clock) };
	};
	return { folder, data, clock, open };
}

/** Renews a device that trusts the CA; what it signs with from then on. */
async function renew(
	{ clock }: Place,
	bench: Bench,
	device: ProtocolDevice,
	fingerprint: string,
): Promise<ProtocolDevice> {
	const next = createKeyPair();
	await bench.send(device.renew(next, Buffer.from(fingerprint, "hex")));
	const renewed = createDevice(clock, next);
	assert.equal((await bench.send(renewed.acknowledge())).status, 204);
	return renewed;
}

const expectedIn = async ({ certificates }: Service) =>
	(await certificates.list()).map(({ state, devices, tokens }) => [state, devices, tokens]);

/** The fingerprint of the CA that hello is answered by. */
async function helloOf({ service, bench }: { service: Service; bench: Bench }, name = "") {
	const query = "?nonce=AAECAwQFBgcICQoLDA0ODw" + (name && "&authority=" + name.slice(0, 16));
	const response = await service.fetch(new Request("http://dms.test/hello" + query));
	assert.ok(bench);
	const reply = decodeHelloReply(new Uint8Array(await response.arrayBuffer()));
	const { authority = new Uint8Array() } = (reply && decodeHello(reply.body)) ?? {};
	const all = await service.certificates.list();
	const text = Buffer.from(authority).toString("base64");
	return all.find(({ pem }) => pem.replaceAll("\n", "").includes(text))?.fingerprint;
}

test("a CA is retired once nobody is expected under it, and not before", async (context) => {
	const place = placeOf(context);
	const before = await place.open();
	const { fingerprint } = before.service.certificates.show();
	await before.service.users.add("alice");
	const first = await before.bench.claimed("alice");
	const second = await before.bench.claimed("alice");
	const lost = await before.bench.claimed("alice");
	await before.service.tokens.addProvisioning();
	assert.deepEqual(await expectedIn(before.service), [["newest", 3, 1]]);
	await assert.rejects(before.service.certificates.retire(fingerprint), /It is the newest CA/);
	const newest = await before.service.certificates.addNext();

	const { service, bench } = await place.open();
	const { certificates, devices } = service;
	const renewed = await renew(place, bench, first.device, fingerprint);
	assert.deepEqual(await expectedIn(service), [
		["served", 2, 1],
		["newest", 1, 0],
	]);
	const refusal = await certificates.retire(fingerprint.slice(0, 8)).catch(String);
	assert.match(String(refusal), /2 devices \(.*\) and 1 tokens are expected under this CA\./);
	for (const { uuid } of [second, lost]) assert.ok(String(refusal).includes(uuid));
	await renew(place, bench, second.device, fingerprint);
	await devices.revoke(lost.uuid);
	await assert.rejects(certificates.retire(fingerprint), /0 devices and 1 tokens/);
	place.clock.advance(400 * secondsPerDay);
	assert.equal(await certificates.retire(fingerprint), fingerprint);

	const after = await place.open();
	assert.deepEqual(await expectedIn(after.service), [
		["retired", 0, 0],
		["newest", 2, 0],
	]);
	assert.equal(await helloOf(after), newest);
	assert.equal(await helloOf(after, fingerprint), newest, "it is shown to nobody");
	assert.equal(await helloOf(after, newest), newest);
	assert.equal((await after.bench.send(renewed.acknowledge())).status, 204);
	await assert.rejects(after.service.certificates.retire("0000"), /There is no CA 0000/);
});

test("with the keys of all CAs a lost service is rebuilt, and not without", async (context) => {
	const place = placeOf(context);
	const before = await place.open();
	await before.service.users.add("alice");
	const { fingerprint } = before.service.certificates.show();
	const old = await before.bench.claimed("alice");
	await before.service.certificates.addNext();
	const { service, bench } = await place.open();
	const young = await bench.claimed("alice");
	const [out, keys] = [join(place.folder, "out"), join(place.folder, "keys")];
	assert.deepEqual(await service.certificates.keepKeys(keys), ["ca", "ca-2"]);
	assert.equal(statSync(join(keys, "ca-2.key")).mode & 0o777, 0o600);
	await assert.rejects(service.certificates.keepKeys(keys), /is there already/);
	await service.export(out);
	const list = await service.certificates.list();

	const rebuilt = join(place.folder, "rebuilt");
	mkdirSync(rebuilt, { mode: 0o700 });
	for (const name of ["ca.key", "ca.crt"]) copyFileSync(join(keys, name), join(rebuilt, name));
	const rebuild = () => rebuildService(out, rebuilt, place.clock.seconds());
	await assert.rejects(rebuild(), /has no ca-2\.key and ca-2\.crt of the CA/);
	assert.ok(!readdirSync(rebuilt).some((name) => name.startsWith("opendms.db")));
	for (const name of ["ca-2.key", "ca-2.crt"]) copyFileSync(join(keys, name), join(rebuilt, name));
	await rebuild();

	const again = await place.open(rebuilt);
	assert.deepEqual(
		(await again.service.certificates.list()).map((one) => ({ ...one, tokens: 0 })),
		list.map((one) => ({ ...one, tokens: 0 })),
	);
	assert.equal((await again.bench.send(young.device.acknowledge())).status, 204);
	await renew(place, again.bench, old.device, fingerprint);
	const after = (await again.service.certificates.list()).map(({ devices }) => devices);
	assert.deepEqual(after, [0, 2]);
});

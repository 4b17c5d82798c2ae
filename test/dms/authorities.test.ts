/** Several CAs: who is expected under each, the end of an old one, and the way back with all. */

import assert from "node:assert/strict";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { restoreBackup } from "../../hosts/dms/administration/backup.js";
import { createApi } from "../../hosts/dms/api/api.js";
import { Metrics } from "../../hosts/dms/api/metrics.js";
import { rebuildService } from "../../hosts/dms/administration/export.js";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { certificatePem } from "../../hosts/dms/authority/credential.js";
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
		// Its operator vouches for a clock that goes on by years.
		const options = { addresses: ["dms.test"], now: clock.now, acceptsClock: true };
		const service = await openService({ data: from, ...options });
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

/** A service whose first CA is retired, and a device that trusts the next one. */
async function retiredAt(place: Place) {
	const before = await place.open();
	const { fingerprint } = before.service.certificates.show();
	await before.service.users.add("alice");
	const { device } = await before.bench.claimed("alice");
	await before.service.certificates.addNext();
	const { service, bench } = await place.open();
	const renewed = await renew(place, bench, device, fingerprint);
	await assert.rejects(service.certificates.forgetKey(fingerprint), /It is not retired/);
	await service.certificates.retire(fingerprint);
	return { service, fingerprint, device: renewed };
}

test("a CA that is retired needs no key, here or where all is restored", async (context) => {
	const place = placeOf(context);
	const { service, fingerprint, device } = await retiredAt(place);
	const key = join(place.data, "ca.key");
	assert.ok(existsSync(key));
	await service.certificates.forgetKey(fingerprint);
	assert.ok(!existsSync(key));

	const again = await place.open();
	const { certificates } = again.service;
	assert.deepEqual(
		(await certificates.list()).map(({ state }) => state),
		["retired", "newest"],
	);
	assert.equal((await again.bench.send(device.acknowledge())).status, 204);
	const { uuid } = await again.bench.claimed("alice");
	await again.service.devices.revoke(uuid);
	await again.service.revocations.show();
	const [keys, out, backup] = ["keys", "out", "backup"].map((name) => join(place.folder, name));
	assert.ok(keys && out && backup);
	assert.deepEqual(await certificates.keepKeys(keys), ["ca-2"]);
	await again.service.export(out);
	await again.service.backUp(backup);

	const restored = join(place.folder, "restored");
	await restoreBackup(backup, restored, place.clock.seconds());
	const rebuilt = join(place.folder, "rebuilt");
	mkdirSync(rebuilt, { mode: 0o700 });
	for (const name of readdirSync(keys)) copyFileSync(join(keys, name), join(rebuilt, name));
	const stranger = createAuthority(place.clock.seconds()).credential.certificate;
	writeFileSync(join(rebuilt, "ca.crt"), certificatePem(stranger));
	const rebuild = () => rebuildService(out, rebuilt, place.clock.seconds());
	await assert.rejects(rebuild(), /is another one than that of/);
	copyFileSync(join(keys, "ca.crt"), join(rebuilt, "ca.crt"));
	await rebuild();
	for (const data of [restored, rebuilt]) {
		const { service, bench } = await place.open(data);
		assert.equal((await bench.send(device.acknowledge())).status, 204);
		await bench.claimed("alice");
		assert.equal((await service.certificates.list())[0]?.fingerprint, fingerprint);
	}
});

test("the key of a CA that isn't retired is never done without", async (context) => {
	const place = placeOf(context);
	const { service } = await place.open();
	await service.certificates.addNext();
	rmSync(join(place.data, "ca.key"));
	await assert.rejects(place.open(), /Restore them from a backup/);
});

test("a CA that has ended keeps nobody from being served by the next", async (context) => {
	const place = placeOf(context);
	const first = await place.open();
	const { fingerprint } = first.service.certificates.show();
	await first.service.users.add("alice");
	place.clock.advance(19 * 365 * secondsPerDay);
	const newest = await first.service.certificates.addNext();
	const { service, bench } = await place.open();
	const api = createApi(service, { metrics: new Metrics() });
	const isReady = async () => (await api.request("/readyz")).status;
	const { token } = await service.apiTokens.add({
		...{ name: "watch", role: "viewer", lifeSeconds: 9 * 365 * secondsPerDay },
	});
	const ends = async () => {
		const headers = { authorization: "Bearer " + token };
		const text = await (await api.request("/metrics", { headers })).text();
		return text.match(/^opendms_authority_expires_seconds\{.*$/gm)?.length;
	};
	const { device } = await bench.claimed("alice");
	// The server's certificate is renewed all the time, as somebody asks.
	for (let days = 0; days < 3 * 365; days += 30) {
		place.clock.advance(30 * secondsPerDay);
		assert.equal(await helloOf({ service, bench }, newest), newest);
		const { cert } = await service.serverFiles();
		for (const one of [{ cert }, ...(await service.followingFiles())]) {
			const { validTo } = new X509Certificate(one.cert);
			const isOfFirst = await isBy(one.cert, fingerprint, service);
			if (!isOfFirst) assert.ok(Date.parse(validTo) > place.clock.now(), "it is good");
		}
		assert.equal(await isReady(), 200);
	}
	assert.equal((await bench.send(device.acknowledge())).status, 204);
	assert.equal(service.certificates.show().problem, undefined);
	assert.equal(await ends(), 2);
	place.clock.advance(20 * 365 * secondsPerDay);
	assert.equal(await isReady(), 503);
	assert.match(service.certificates.show().problem ?? "", /no device trusts this service/);
});

/** Whether a chain is by this CA of the service's. */
async function isBy(chain: string, fingerprint: string, { certificates }: Service) {
	const all = await certificates.list();
	const pem = all.find((one) => one.fingerprint === fingerprint)?.pem ?? "";
	return chain.includes(pem.trim());
}

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { DatabaseSync } from "@photostructure/sqlite";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { certificatePem, privateKeyPem } from "../../hosts/dms/authority/credential.js";
import { failureOf } from "../../hosts/dms/cli/failure.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { benchOf, provisionReplyOf, sendTo } from "./bench.js";
import { type Clock, createClock, secondsPerDay } from "./clock.js";
import { createDevice } from "./protocol-device.js";

const addresses = ["dms.example.com:8443"];

function makeFolder(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	return join(folder, "dms");
}

async function open(context: TestContext, data: string, clock: Clock): Promise<Service> {
	const service = await openService({ data, addresses, now: clock.now });
	context.after(() => service.close());
	return service;
}

function modeOf(path: string): string {
	return (statSync(path).mode & 0o777).toString(8);
}

test("the folder, the keys and the database in it are their owner's only", async (context) => {
	const data = makeFolder(context);
	const service = await open(context, data, createClock());
	await service.serverFiles();
	assert.equal(modeOf(data), "700");
	const secrets = ["ca.key", "server.key", "opendms.db", "opendms.db-wal", "opendms.db-shm"];
	for (const name of secrets) assert.equal(modeOf(join(data, name)), "600", name);
	const backup = data + "-backup";
	await service.backUp(backup);
	assert.equal(modeOf(backup), "700");
	for (const name of secrets.slice(0, 3)) assert.equal(modeOf(join(backup, name)), "600", name);
});

test("a folder that others could enter is closed to them", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	await (await open(context, data, clock)).close();
	chmodSync(data, 0o755);
	await (await open(context, data, clock)).close();
	assert.equal(modeOf(data), "700");
});

test("of a disk that is read-only now a sentence says what to do", () => {
	const text = "EROFS: read-only file system, chmod 'dms'";
	const error = Object.assign(new Error(text), { code: "EROFS", syscall: "chmod" });
	const { rule, message } = failureOf(error);
	assert.equal(rule, "file");
	assert.match(message, /^EROFS: .*'dms'\. See to the disk; .* a copy .*: --data$/);
});

test("a service that is opened again is the same one", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	const first = await open(context, data, clock);
	const { token } = await first.tokens.addProvisioning();
	const device = createDevice(clock);
	const reply = provisionReplyOf(await sendTo(first, device.provision(token)));
	const { fingerprint } = first.certificates.show();
	const files = await first.serverFiles();
	await first.close();
	const second = await openService({ data, now: clock.now });
	context.after(() => second.close());
	assert.equal(second.certificates.show().fingerprint, fingerprint);
	assert.deepEqual(second.addresses, addresses);
	assert.deepEqual(await second.serverFiles(), files);
	assert.deepEqual(provisionReplyOf(await sendTo(second, device.provision(token))), reply);
});

test("killed after the commit, it gives the same request its answer", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	const killed = await open(context, data, clock);
	const { token } = await killed.tokens.addProvisioning();
	const device = createDevice(clock);
	const draft = device.provision(token);
	const lost = await sendTo(killed, draft);
	// Not closed: the next one finds what a killed process leaves behind.
	const next = await open(context, data, clock);
	assert.deepEqual((await sendTo(next, draft)).bytes, lost.bytes);
	const bench = benchOf(next, createAuthority(clock.seconds()), clock);
	assert.equal((await bench.refused(createDevice(clock).provision(token))).rule, "token-spent");
	assert.equal((await next.devices.list()).length, 1);
});

test("a CA that is lost or exchanged is never a reason for a new one", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	await (await open(context, data, clock)).close();
	const right = readFileSync(join(data, "ca.crt"));
	const rightKey = readFileSync(join(data, "ca.key"));
	const other = createAuthority(clock.seconds()).credential;
	const spoil = [
		() => rmSync(join(data, "ca.crt")),
		() => rmSync(join(data, "ca.key")),
		() => writeFileSync(join(data, "ca.crt"), right.subarray(0, 200)),
		() => writeFileSync(join(data, "ca.key"), privateKeyPem(other.privateKey)),
		() => {
			writeFileSync(join(data, "ca.crt"), certificatePem(other.certificate));
			writeFileSync(join(data, "ca.key"), privateKeyPem(other.privateKey));
		},
	];
	for (const change of spoil) {
		change();
		await assert.rejects(openService({ data, now: clock.now }), { rule: "authority" });
		writeFileSync(join(data, "ca.crt"), right);
		writeFileSync(join(data, "ca.key"), rightKey);
	}
	await open(context, data, clock);
});

test("a crash while the CA was made leaves a folder that can be opened", async (context) => {
	const clock = createClock();
	for (const cut of ["opendms.db", "ca.crt"]) {
		const data = makeFolder(context);
		await (await open(context, data, clock)).close();
		const before = readFileSync(join(data, "ca.crt"), "utf8");
		rmSync(join(data, "opendms.db"));
		if (cut === "ca.crt") rmSync(join(data, "ca.crt"));
		writeFileSync(join(data, "ca.crt.new"), "-----BEGIN CERT");
		const service = await open(context, data, clock);
		await service.tokens.addProvisioning();
		const kept = readFileSync(join(data, "ca.crt"), "utf8") === before;
		assert.equal(kept, cut !== "ca.crt");
		const { fingerprint: pinned } = service.certificates.show();
		await service.close();
		const again = await open(context, data, clock);
		assert.equal(again.certificates.show().fingerprint, pinned);
	}
});

test("the server's certificate is kept, and made anew when it has to be", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	const service = await open(context, data, clock);
	const first = await service.serverFiles();
	assert.deepEqual(await service.serverFiles(), first);
	await service.setAddresses(["other.example.com:8443"]);
	const second = await service.serverFiles();
	assert.notEqual(second.cert, first.cert);
	await service.setAddresses(["other.example.com:9443"]);
	assert.deepEqual(await service.serverFiles(), second, "a port is no name");
	clock.advance(265 * secondsPerDay);
	const third = await service.serverFiles();
	assert.notEqual(third.key, second.key);
	await service.close();
	writeFileSync(join(data, "server.key"), second.key);
	const next = await openService({ data, now: clock.now });
	context.after(() => next.close());
	assert.notEqual(
		(await next.serverFiles()).cert,
		third.cert,
		"a key of another certificate is none",
	);
});

test("two services use one folder at the same time", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	const [first, second] = [await open(context, data, clock), await open(context, data, clock)];
	const { token } = await first.tokens.addProvisioning();
	const device = createDevice(clock);
	const reply = provisionReplyOf(await sendTo(second, device.provision(token)));
	await second.users.add("alice");
	assert.equal((await first.devices.show(reply.uuid)).state, "issued");
	assert.deepEqual(provisionReplyOf(await sendTo(first, device.provision(token))), reply);
	const claim = await second.tokens.addClaim({ user: "alice" });
	await sendTo(first, device.acknowledge());
	assert.equal((await sendTo(second, device.claim(claim.token))).status, 200);
	assert.equal((await first.devices.show(reply.uuid)).owner, "alice");
});

test("while somebody keeps the database locked, the answer is 503", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	const service = await open(context, data, clock);
	const { token } = await service.tokens.addProvisioning();
	const locker = new DatabaseSync(join(data, "opendms.db"));
	locker.exec("begin immediate");
	const draft = createDevice(clock).provision(token);
	const bench = benchOf(service, createAuthority(clock.seconds()), clock);
	const reply = await bench.send(draft);
	assert.deepEqual([reply.status, reply.map?.["rule"], reply.map?.["result"]], [503, "busy", 2316]);
	assert.match(reply.headers.get("retry-after") ?? "", /^\d+$/);
	locker.exec("rollback");
	locker.close();
	assert.equal((await bench.send(draft)).status, 200);
});

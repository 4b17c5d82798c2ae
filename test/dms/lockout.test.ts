import assert from "node:assert/strict";
import { test } from "node:test";
import { openBench, provisionReplyOf } from "./bench.js";
import { createDevice } from "./protocol-device.js";

test("a device that is locked out is refused everything until it is let in", async (context) => {
	const bench = await openBench(context);
	const { device, uuid, token } = await bench.claimed("alice");
	await bench.service.devices.lock(uuid);
	const drafts = () => [
		device.provision(token),
		device.acknowledge(),
		device.activate("ACME-LAMP"),
		device.release(),
	];
	for (const draft of drafts()) {
		const refused = await bench.refused(draft);
		assert.deepEqual([refused.status, refused.rule, refused.result], [403, "device-locked", 2321]);
	}
	const { owner, lockedAt } = await bench.service.devices.show(uuid);
	assert.deepEqual([owner, lockedAt], ["alice", bench.clock.seconds()]);
	assert.ok((await bench.audit()).some(({ rule }) => rule === "device-locked"));
	await bench.service.devices.unlock(uuid);
	for (const draft of drafts()) assert.ok((await bench.send(draft)).status < 300);
});

test("who doesn't prove to be the locked device isn't told that it is locked", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	await bench.service.devices.lock(uuid);
	const draft = device.acknowledge();
	draft.headers["signature"] = device.acknowledge().headers["signature"] ?? "";
	assert.equal((await bench.refused(draft)).rule, "signature");
});

test("a deleted device comes back neither by its token nor by its certificate", async (context) => {
	const bench = await openBench(context);
	const { device, uuid, token } = await bench.claimed("alice");
	const { certificate } = provisionReplyOf(await bench.send(device.provision(token)));
	await bench.service.devices.delete(uuid);
	assert.deepEqual(await bench.service.devices.list(), []);
	assert.equal((await bench.refused(device.acknowledge())).rule, "device-unknown");
	assert.equal((await bench.refused(device.present(certificate))).rule, "device-locked");
	assert.equal((await bench.refused(device.provision(token))).rule, "device-locked");
	assert.deepEqual(await bench.service.devices.list(), []);
	await bench.service.users.remove("bob");
	const entry = (await bench.audit()).find(({ action }) => action === "device.delete");
	assert.equal(entry?.subject, "device:" + uuid);
});

test("the UUID of a deleted device goes to nobody else", async (context) => {
	const bench = await openBench(context);
	const { uuid } = await bench.claimed("alice");
	await bench.service.devices.delete(uuid);
	await assert.rejects(bench.service.tokens.addProvisioning({ uuid }), { rule: "uuid-taken" });
	const { token } = await bench.service.tokens.addProvisioning({ requiresUuid: true });
	const other = createDevice(bench.clock);
	assert.equal((await bench.refused(other.provision(token, {}, { uuid }))).rule, "uuid-taken");
	const time = bench.clock.seconds();
	const twin = bench.authority.issueDeviceCertificate(uuid, other.key.publicKey, time);
	assert.equal((await bench.refused(other.present(twin.certificate))).rule, "uuid-taken");
});

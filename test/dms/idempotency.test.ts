import assert from "node:assert/strict";
import { test } from "node:test";
import { openBench, provisionReplyOf } from "./bench.js";
import { createDevice, createNonce } from "./protocol-device.js";

test("the same request again gets the stored answer and changes nothing", async (context) => {
	const bench = await openBench(context);
	const device = createDevice(bench.clock);
	const { token } = await bench.service.tokens.addProvisioning();
	const draft = device.provision(token);
	const first = await bench.send(draft);
	const audit = await bench.audit();
	bench.clock.advance(299);
	const second = await bench.send(draft);
	assert.equal(second.status, 200);
	assert.deepEqual(second.bytes, first.bytes);
	assert.deepEqual(await bench.audit(), audit);
	const { uuid } = provisionReplyOf(first);
	assert.equal((await bench.service.devices.show(uuid)).lastSeenAt, bench.clock.seconds() - 299);
});

test("a request that was answered is not done again when things changed", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.provisioned();
	const { token } = await bench.service.tokens.addClaim({ user: "alice" });
	const claim = device.claim(token);
	const first = await bench.send(claim);
	await bench.send(device.release());
	const replayed = await bench.send(claim);
	assert.deepEqual(replayed.bytes, first.bytes);
	assert.equal((await bench.service.devices.show(uuid)).owner, null);
	const release = device.release();
	await bench.send(release);
	const again = await bench.service.tokens.addClaim({ user: "bob" });
	await bench.send(device.claim(again.token));
	assert.equal((await bench.send(release)).status, 204);
	assert.equal((await bench.service.devices.show(uuid)).owner, "bob");
});

test("a new signature of the same request and nonce gets the stored answer", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const nonce = createNonce();
	assert.equal((await bench.send(device.acknowledge({ nonce }))).status, 204);
	bench.clock.advance(600);
	assert.equal((await bench.send(device.acknowledge({ nonce }))).status, 204);
});

test("the same nonce with anything else is refused: nonce", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	const nonce = createNonce();
	assert.equal((await bench.send(device.acknowledge({ nonce }))).status, 204);
	const drafts = [
		device.release({ nonce }),
		device.acknowledge({ nonce, query: "?again" }),
		device.activate("ACME-LAMP", { nonce }),
	];
	for (const draft of drafts) {
		const refused = await bench.refused(draft);
		assert.equal(refused.rule, "nonce");
		assert.equal(refused.status, 409);
		assert.equal(refused.result, 2301);
	}
	assert.equal((await bench.service.devices.show(uuid)).owner, "alice");
});

test("the same nonce for another body is refused: nonce", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const nonce = createNonce();
	assert.equal((await bench.send(device.activate("ACME-LAMP", { nonce }))).status, 200);
	assert.equal((await bench.refused(device.activate("ACME-LAMB", { nonce }))).rule, "nonce");
	assert.equal((await bench.audit()).at(-1)?.rule, "nonce");
});

test("two devices may use the same nonce", async (context) => {
	const bench = await openBench(context);
	const [first, second] = [await bench.provisioned(), await bench.provisioned()];
	const nonce = createNonce();
	assert.equal((await bench.send(first.device.acknowledge({ nonce }))).status, 204);
	assert.equal((await bench.send(second.device.acknowledge({ nonce }))).status, 204);
});

test("a refusal isn't stored: the same request may be allowed later", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("bob");
	const draft = device.activate("ACME-LAMP");
	assert.equal((await bench.refused(draft)).rule, "product-access");
	await bench.service.products.share("ACME-LAMP", "bob");
	assert.equal((await bench.send(draft)).status, 200);
});

test("requests that come at the same time are done one after the other", async (context) => {
	const bench = await openBench(context);
	const { token } = await bench.service.tokens.addProvisioning();
	const devices = [1, 2, 3, 4].map(() => createDevice(bench.clock));
	const [device] = devices;
	const drafts = devices.map((each) => each.provision(token));
	if (device !== undefined) drafts.push(device.provision(token));
	const replies = await Promise.all(drafts.map((draft) => bench.send(draft)));
	const statuses = replies.map(({ status }) => status).sort();
	assert.deepEqual(statuses, [200, 200, 409, 409, 409]);
	assert.equal((await bench.service.devices.list()).length, 1);
});

test("a device that changes things in a loop has to wait, and others don't", async (context) => {
	const bench = await openBench(context);
	const [eager, other] = [await bench.provisioned(), await bench.provisioned()];
	const first = eager.device.acknowledge();
	assert.equal((await bench.send(first)).status, 204);
	let count = 0;
	while ((await bench.send(eager.device.acknowledge())).status === 204) count++;
	assert.ok(count > 100 && count < 200, count + " requests");
	const { status, map, headers } = await bench.send(eager.device.release());
	assert.deepEqual([status, map?.["rule"], headers.get("retry-after")], [429, "busy", "60"]);
	assert.equal((await bench.send(first)).status, 204, "what was answered is answered again");
	assert.equal((await bench.send(other.device.acknowledge())).status, 204);
	bench.clock.advance(661);
	assert.equal((await bench.send(eager.device.release())).status, 204);
});

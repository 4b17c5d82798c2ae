import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeClaimReply } from "../../src/protocol/messages.js";
import { type Bench, openBench, provisionReplyOf, type Reply } from "./bench.js";
import { secondsPerDay } from "./clock.js";
import { createDevice } from "./protocol-device.js";

function claimReplyOf(reply: Reply): { user: string; product?: string | undefined } {
	assert.equal(reply.status, 200, JSON.stringify(reply.map));
	const decoded = decodeClaimReply(reply.bytes);
	assert.ok(decoded);
	return decoded;
}

async function claimToken(bench: Bench, user = "alice"): Promise<string> {
	return (await bench.service.tokens.addClaim({ user })).token;
}

test("a claim token makes its user the device's owner", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.provisioned();
	const reply = claimReplyOf(await bench.send(device.claim(await claimToken(bench))));
	assert.deepEqual(reply, { user: "alice", product: undefined, key: undefined });
	assert.equal((await bench.service.devices.show(uuid)).owner, "alice");
});

test("a claim token has 20 letters; case and hyphens don't matter", async (context) => {
	const bench = await openBench(context);
	const token = await claimToken(bench);
	assert.match(token, /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
	const { device } = await bench.provisioned();
	const typed = [
		token.toLowerCase().replaceAll("-", ""),
		...["\u2010", "\u2011", "\u2013", "\u2014", "\u2212", " "].map((hyphen) =>
			token.replaceAll("-", hyphen),
		),
	];
	for (const text of typed) {
		assert.equal(claimReplyOf(await bench.send(device.claim(text))).user, "alice", text);
	}
});

test("the same device and token again get the same answer, even expired", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const token = await claimToken(bench);
	const first = await bench.send(device.claim(token));
	bench.clock.advance(2 * secondsPerDay);
	const second = await bench.send(device.claim(token));
	assert.deepEqual(second.bytes, first.bytes);
	const claims = (await bench.audit()).filter(({ action }) => action === "device.claim");
	assert.equal(claims.length, 1);
});

test("a device that its user already owns stays so", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	claimReplyOf(await bench.send(device.claim(await claimToken(bench))));
	assert.equal((await bench.service.devices.show(uuid)).owner, "alice");
});

test("a device that has not acknowledged is refused: acknowledge-before-claim", async (context) => {
	const bench = await openBench(context);
	const device = createDevice(bench.clock);
	const provisioning = await bench.service.tokens.addProvisioning();
	provisionReplyOf(await bench.send(device.provision(provisioning.token)));
	const token = await claimToken(bench);
	for (const draft of [device.claim(token), device.activate("ACME-LAMP")]) {
		const refused = await bench.refused(draft);
		assert.equal(refused.rule, "acknowledge-before-claim");
		assert.equal(refused.status, 403);
		assert.equal(refused.result, 2002);
	}
	await bench.send(device.acknowledge());
	claimReplyOf(await bench.send(device.claim(token)));
});

test("a token that is none, or was revoked, is refused: token-unknown", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.provisioned();
	const revoked = await bench.service.tokens.addClaim({ user: "alice" });
	await bench.service.tokens.revoke(revoked.id);
	const tokens = ["0000-0000-0000-0000-0000", "hello", "0000-0000-0000-0000-000U", revoked.token];
	for (const token of tokens) {
		const refused = await bench.refused(device.claim(token));
		assert.equal(refused.rule, "token-unknown");
		assert.equal(refused.status, 403);
	}
	assert.equal((await bench.service.devices.show(uuid)).owner, null);
});

test("an expired token is refused: token-expired", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const token = await claimToken(bench);
	bench.clock.advance(secondsPerDay);
	const refused = await bench.refused(device.claim(token));
	assert.equal(refused.rule, "token-expired");
	assert.match(refused.message, /dms_claim/);
});

test("a claim token is for one device: token-spent", async (context) => {
	const bench = await openBench(context);
	const [first, second] = [await bench.provisioned(), await bench.provisioned()];
	const token = await claimToken(bench);
	claimReplyOf(await bench.send(first.device.claim(token)));
	const refused = await bench.refused(second.device.claim(token));
	assert.equal(refused.rule, "token-spent");
	assert.equal(refused.status, 409);
});

test("another user's device is refused: device-taken, and the owner stays", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	const refused = await bench.refused(device.claim(await claimToken(bench, "bob")));
	assert.equal(refused.rule, "device-taken");
	assert.equal(refused.status, 409);
	assert.equal(refused.result, 2310);
	assert.doesNotMatch(refused.message, /alice/);
	assert.equal((await bench.service.devices.show(uuid)).owner, "alice");
	const entry = (await bench.audit()).at(-1);
	assert.equal(entry?.rule, "device-taken");
	assert.equal(entry?.actor, "device:" + uuid);
});

test("a device on a locked product can't be claimed: product-not-claimable", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	assert.equal((await bench.send(device.activate("ACME-LAMP"))).status, 200);
	await bench.service.products.lock("ACME-LAMP");
	claimReplyOf(await bench.send(device.claim(await claimToken(bench))));
	assert.equal((await bench.send(device.release())).status, 204);
	const token = await claimToken(bench, "bob");
	const refused = await bench.refused(device.claim(token));
	assert.equal(refused.rule, "product-not-claimable");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2312);
	await bench.service.products.unlock("ACME-LAMP");
	assert.equal(claimReplyOf(await bench.send(device.claim(token))).user, "bob");
});

test("a body without a token is refused: request", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	for (const body of [{}, { token: "" }, { token: 7 }, { token: "0".repeat(65) }]) {
		assert.equal((await bench.refused(device.claim("", { body }))).rule, "request");
	}
});

test("DELETE /claim releases the owner and leaves the product", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	await bench.send(device.activate("ACME-LAMP"));
	for (let count = 0; count < 2; count++) {
		const reply = await bench.send(device.release());
		assert.equal(reply.status, 204);
		assert.equal(reply.bytes.length, 0);
	}
	const { owner, product } = await bench.service.devices.show(uuid);
	assert.deepEqual({ owner, product }, { owner: null, product: "ACME-LAMP" });
	const releases = (await bench.audit()).filter(({ action }) => action === "device.release");
	assert.deepEqual(
		releases.map(({ actor }) => actor),
		["device:" + uuid],
	);
});

test("a released device can be claimed by another user", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.provisioned();
	const first = await claimToken(bench);
	claimReplyOf(await bench.send(device.claim(first)));
	await bench.send(device.release());
	claimReplyOf(await bench.send(device.claim(await claimToken(bench, "bob"))));
	assert.equal((await bench.refused(device.claim(first))).rule, "device-taken");
	await bench.send(device.release());
	bench.clock.advance(2 * secondsPerDay);
	assert.equal((await bench.refused(device.claim(first))).rule, "token-expired");
	assert.equal((await bench.service.devices.show(uuid)).owner, null);
});

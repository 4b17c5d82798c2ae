import assert from "node:assert/strict";
import { test } from "node:test";
import { openService } from "../../hosts/dms/service.js";
import { parseToken } from "../../src/protocol/token.js";
import { openBench } from "./bench.js";
import { createClock, secondsPerDay } from "./clock.js";
import { createDevice, sha256 } from "./protocol-device.js";

const uuid = "00112233445566778899aabbccddeeff00112233";

test("a user's name has 1 to 64 letters of a-z 0-9 . _ - and is there once", async (context) => {
	const { service } = await openBench(context);
	for (const name of ["", "Alice", "a b", "ä", "a".repeat(65), "a\n", ".", ".."]) {
		await assert.rejects(service.users.add(name), { rule: "name" }, JSON.stringify(name));
	}
	await service.users.add("a".repeat(64));
	await service.users.add("x.y_z-0");
	await assert.rejects(service.users.add("alice"), { rule: "user-exists" });
	const names = (await service.users.list()).map(({ name }) => name);
	assert.deepEqual(names, ["a".repeat(64), "alice", "bob", "x.y_z-0"]);
});

test("a user who owns something stays; another goes with its tokens", async (context) => {
	const bench = await openBench(context);
	const { users, tokens, products, devices } = bench.service;
	await assert.rejects(users.remove("alice"), { rule: "user-owns", message: /ACME-LAMP/ });
	await assert.rejects(users.remove("nobody"), { rule: "user-unknown" });
	const { uuid } = await bench.claimed("bob");
	await assert.rejects(users.remove("bob"), { rule: "user-owns", message: new RegExp(uuid) });
	await devices.release(uuid);
	await products.share("ACME-LAMP", "bob");
	const { token } = await tokens.addClaim({ user: "bob" });
	await users.remove("bob");
	assert.deepEqual((await products.show("ACME-LAMP")).sharedWith, []);
	const { device } = await bench.provisioned();
	assert.equal((await bench.refused(device.claim(token))).rule, "token-unknown");
});

test("a product's code, title, platform and owner are checked", async (context) => {
	const { service } = await openBench(context);
	const good = { code: "ACME-RADIO", title: "Acme Radio", platform: "esp32", owner: "alice" };
	for (const code of ["", "ACME", "acme-radio", "ACME-", "-ACME", "A B-C", "A-" + "B".repeat(63)]) {
		await assert.rejects(service.products.add({ ...good, code }), { rule: "name" }, code);
	}
	for (const text of ["", "a\u0007", "x".repeat(65)]) {
		await assert.rejects(service.products.add({ ...good, title: text }), { rule: "name" });
		await assert.rejects(service.products.add({ ...good, platform: text }), { rule: "name" });
	}
	await assert.rejects(service.products.add({ ...good, owner: "carol" }), { rule: "user-unknown" });
	await assert.rejects(service.products.add({ ...good, code: "ACME-LAMP" }), {
		rule: "product-exists",
	});
	const made = await service.products.add({ ...good, code: "SILABS-JB_1-2", production: true });
	assert.deepEqual([made.production, made.locked, made.sharedWith], [true, false, []]);
	const codes = (await service.products.list()).map(({ code }) => code);
	assert.deepEqual(codes, ["ACME-LAMP", "SILABS-JB_1-2"]);
});

test("sharing and locking need what they name, and may be repeated", async (context) => {
	const { service } = await openBench(context);
	const { products } = service;
	await assert.rejects(products.share("ACME-LAMB", "bob"), { rule: "product-unknown" });
	await assert.rejects(products.share("ACME-LAMP", "carol"), { rule: "user-unknown" });
	await assert.rejects(products.unshare("ACME-LAMP", "bob"), { rule: "share-unknown" });
	await assert.rejects(products.lock("ACME-LAMB"), { rule: "product-unknown" });
	await products.share("ACME-LAMP", "bob");
	await products.share("ACME-LAMP", "bob");
	await products.lock("ACME-LAMP");
	await products.lock("ACME-LAMP");
	const { sharedWith, locked } = await products.show("ACME-LAMP");
	assert.deepEqual([sharedWith, locked], [["bob"], true]);
	const actions = (await service.audit(2)).map(({ action }) => action);
	assert.deepEqual(actions, ["product.share", "product.lock"]);
});

test("a provisioning token carries the first address and the CA's fingerprint", async (context) => {
	const { service, authority, clock } = await openBench(context);
	await service.setAddresses(["DMS.Example.com:9000", "192.0.2.1"]);
	const made = await service.tokens.addProvisioning();
	const token = parseToken(made.token, { sha256 });
	assert.equal(token?.address, "dms.example.com:9000");
	assert.deepEqual(token?.fingerprint, authority.fingerprint);
	assert.equal(made.expiresAt, clock.seconds() + 30 * secondsPerDay);
	await service.setAddresses(["dms.example.com:443"]);
	const short = await service.tokens.addProvisioning();
	assert.equal(parseToken(short.token, { sha256 })?.address, "dms.example.com");
	assert.notDeepEqual(parseToken(short.token, { sha256 })?.secret, token?.secret);
});

test("without an address there are no provisioning tokens", async (context) => {
	const { authority } = await openBench(context);
	const { now } = createClock();
	const service = await openService({ database: ":memory:", authority, now });
	context.after(() => service.close());
	await assert.rejects(service.tokens.addProvisioning(), {
		rule: "address",
		message: /serve --address/,
	});
	for (const address of ["", "a b", "host:0", "host:65536", "-a.example", "[::1]:80"]) {
		await assert.rejects(service.setAddresses([address]), { rule: "address" }, address);
	}
	await assert.rejects(service.setAddresses([]), { rule: "limit" });
	await assert.rejects(service.setAddresses(Array(9).fill("a.example")), { rule: "limit" });
	assert.deepEqual(service.addresses, []);
});

test("what a token is made with is checked", async (context) => {
	const bench = await openBench(context);
	const { tokens } = bench.service;
	await assert.rejects(tokens.addProvisioning({ uuid: "1234" }), { rule: "uuid" });
	await assert.rejects(tokens.addProvisioning({ uuid, requiresUuid: true }), { rule: "uuid" });
	const fixed = await tokens.addProvisioning({ uuid });
	await bench.send(createDevice(bench.clock).provision(fixed.token));
	await assert.rejects(tokens.addProvisioning({ uuid }), { rule: "uuid-taken" });
	await assert.rejects(tokens.addClaim({ user: "carol" }), { rule: "user-unknown" });
	const activation = { user: "bob", product: "ACME-LAMP" };
	await assert.rejects(tokens.addActivation(activation), { rule: "product-access" });
	await assert.rejects(tokens.addActivation({ ...activation, product: "A-B" }), {
		rule: "product-unknown",
	});
	for (const uses of [0, -1, 1.5, NaN, 1_000_001]) {
		const options = { user: "alice", product: "ACME-LAMP", uses };
		await assert.rejects(tokens.addActivation(options), { rule: "limit" });
	}
	for (const lifeSeconds of [0, -1, 0.5, 3_651 * secondsPerDay]) {
		await assert.rejects(tokens.addClaim({ user: "alice", lifeSeconds }), { rule: "limit" });
	}
});

test("tokens are good for 30 days, one day and 30 days, or as long as is said", async (context) => {
	const { service, clock } = await openBench(context);
	const { tokens } = service;
	const activation = { user: "alice", product: "ACME-LAMP" };
	const lives = [
		await tokens.addProvisioning(),
		await tokens.addClaim({ user: "alice" }),
		await tokens.addActivation(activation),
		await tokens.addProvisioning({ lifeSeconds: 90 }),
		await tokens.addClaim({ user: "alice", lifeSeconds: 90 }),
		await tokens.addActivation({ ...activation, lifeSeconds: 90 }),
	].map(({ expiresAt }) => expiresAt - clock.seconds());
	const day = secondsPerDay;
	assert.deepEqual(lives, [30 * day, day, 30 * day, 90, 90, 90]);
});

test("the list tells a token's kind and state, and revoking ends it", async (context) => {
	const bench = await openBench(context);
	const { tokens } = bench.service;
	await bench.claimed("alice");
	const open = await tokens.addProvisioning({ requiresUuid: true });
	const revoked = await tokens.addActivation({ user: "alice", product: "ACME-LAMP", uses: 3 });
	await tokens.revoke(revoked.id.toUpperCase());
	await tokens.revoke(revoked.id);
	await assert.rejects(tokens.revoke("000000000000"), { rule: "token-unknown" });
	await assert.rejects(tokens.revoke("%"), { rule: "token-unknown" });
	bench.clock.advance(1);
	const expired = await tokens.addClaim({ user: "bob", lifeSeconds: 1 });
	bench.clock.advance(1);
	const list = await tokens.list();
	const shown = list.map(({ kind, state, uses, usesMaximum }) => [kind, state, uses, usesMaximum]);
	assert.deepEqual(shown.sort(), [
		["activation", "revoked", 0, 3],
		["claim", "expired", 0, 1],
		["claim", "used", 1, 1],
		["provisioning", "open", 0, 1],
		["provisioning", "used", 1, 1],
	]);
	assert.equal(list.find(({ id }) => id === open.id)?.uuidRule, "required");
	assert.equal(list.find(({ id }) => id === expired.id)?.user, "bob");
	const revocations = (await bench.audit()).filter(({ action }) => action === "token.revoke");
	assert.equal(revocations.length, 1);
});

test("the operator releases a device, and its product stays", async (context) => {
	const bench = await openBench(context);
	const { device, uuid: claimed } = await bench.claimed("alice");
	await bench.send(device.activate("ACME-LAMP"));
	await bench.service.devices.release(claimed.toUpperCase());
	const { owner, product } = await bench.service.devices.show(claimed);
	assert.deepEqual([owner, product], [null, "ACME-LAMP"]);
	assert.equal((await bench.audit()).at(-1)?.actor, "operator");
	await assert.rejects(bench.service.devices.show(uuid), { rule: "device-unknown" });
	await assert.rejects(bench.service.devices.release(uuid), { rule: "device-unknown" });
});

test("a server certificate is issued for names that a device can ask for", async (context) => {
	const { service } = await openBench(context);
	for (const names of [
		[],
		[""],
		["a b"],
		["UPPER.example"],
		["a.example:80"],
		Array(9).fill("a"),
	]) {
		await assert.rejects(service.certificates.issue(names), { rule: /name|limit/ });
	}
	const files = await service.certificates.issue(["proxy.example.com", "192.0.2.9"]);
	assert.match(files.key, /^-----BEGIN PRIVATE KEY-----/);
	assert.equal(files.cert.match(/BEGIN CERTIFICATE/g)?.length, 2);
	const [entry] = await service.audit(1);
	assert.equal(entry?.subject, "server:proxy.example.com,192.0.2.9");
});

test("the audit log has every change of the journey, and who made it", async (context) => {
	const bench = await openBench(context);
	const { device, uuid: made } = await bench.claimed("alice");
	await bench.send(device.activate("ACME-LAMP"));
	await bench.send(device.release());
	const entries = (await bench.audit()).map(({ actor, action }) => [actor, action]);
	const own = "device:" + made;
	assert.deepEqual(entries, [
		["operator", "service.address"],
		["operator", "user.add"],
		["operator", "user.add"],
		["operator", "product.add"],
		["operator", "token.add"],
		["key:" + device.key.keyId, "device.provision"],
		[own, "certificate.issue"],
		[own, "device.acknowledge"],
		["operator", "token.add"],
		[own, "device.claim"],
		[own, "device.activate"],
		[own, "device.release"],
	]);
});

test("a product is corrected, and removed, as long as nothing depends on it", async (context) => {
	const bench = await openBench(context);
	const { products, tokens, users } = bench.service;
	const wrong = { code: "ACME-LAPM", title: "Lapm", platform: "esp23", owner: "alice" };
	await products.add(wrong);
	const set = { title: "Lamp", platform: "esp32", owner: "bob", production: true };
	const corrected = await products.set(wrong.code, set);
	assert.deepEqual({ ...corrected, ...set }, corrected);
	await assert.rejects(products.set(wrong.code, { platform: "ESP32" }), { rule: "name" });
	await assert.rejects(products.set(wrong.code, { owner: "carol" }), { rule: "user-unknown" });
	const { token } = await tokens.addActivation({ user: "bob", product: wrong.code });
	await products.remove(wrong.code);
	await assert.rejects(products.show(wrong.code), { rule: "product-unknown" });
	const { device } = await bench.provisioned();
	assert.equal((await bench.refused(device.claim(token))).rule, "token-unknown");
	await users.remove("bob");

	const used = await bench.claimed("alice");
	assert.equal((await bench.send(used.device.activate("ACME-LAMP"))).status, 200);
	await assert.rejects(products.remove("ACME-LAMP"), { rule: "product-used", message: /devices/ });
	const other = products.set("ACME-LAMP", { platform: "board" });
	await assert.rejects(other, { rule: "product-used", message: /devices/ });
	assert.equal((await products.set("ACME-LAMP", { title: "Lamp 2" })).title, "Lamp 2");
});

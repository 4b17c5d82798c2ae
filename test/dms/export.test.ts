/** A service that has lost its database is made again of what it has exported. */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { rebuildService } from "../../hosts/dms/administration/export.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { benchOf } from "./bench.js";
import { createClock } from "./clock.js";
import { createPublisher, product } from "./publisher.js";
import { createTool } from "./tool.js";

async function openAt(context: TestContext, data: string, clock = createClock()) {
	const service = await openService({ data, addresses: ["dms.example.com"], now: clock.now });
	context.after(() => service.close());
	return service;
}

/** A service with a product, a bundle and devices; its export; and a folder with its CA alone. */
async function exported(context: TestContext) {
	const { folder } = createTool(context);
	const clock = createClock();
	const first = join(folder, "first");
	const service = await openAt(context, first, clock);
	const out = join(folder, "out");
	const data = join(folder, "second");
	const bench = benchOf(service, undefined as never, clock);
	await service.users.add("alice");
	await service.products.add({ code: product, title: "L", platform: "esp32", owner: "alice" });
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish("0.2.0.0", 1);
	await service.bundles.tag(product, "0.2.0.0", "release");
	await service.bundles.addKey(publisher.restate(), "0.2.0.0");
	mkdirSync(data, { mode: 0o700 });
	for (const name of ["ca.key", "ca.crt"]) copyFileSync(join(first, name), join(data, name));
	return { bench, clock, service, out, data };
}

async function whole({ users, products, devices, bundles, steppingStones }: Service) {
	return {
		users: (await users.list()).map((user) => ({ ...user, hasPassword: false })),
		products: await products.list(),
		devices: await devices.list(),
		bundles: await bundles.list(product),
		steppingStones: await steppingStones.list(product),
	};
}

test("a rebuilt service serves its devices, and refuses whom it has refused", async (context) => {
	const { bench, clock, service, out, data } = await exported(context);
	const good = await bench.claimed("alice");
	const revoked = await bench.claimed("alice");
	const deleted = await bench.claimed("alice");
	await bench.send(good.device.activate(product));
	await service.devices.revoke(revoked.uuid);
	await service.devices.delete(deleted.uuid);
	const claim = await service.tokens.addClaim({ user: "alice" });
	await service.flush();
	const before = await whole(service);
	const list = await service.revocations.show();
	await service.export(out);
	await rebuildService(out, data, clock.seconds());

	const again = await openAt(context, data, clock);
	assert.deepEqual(await whole(again), before);
	assert.deepEqual(again.certificates.show(), service.certificates.show());
	assert.deepEqual(await again.revocations.show(), list);
	const anew = benchOf(again, undefined as never, clock);
	assert.equal((await anew.send(good.device.activate(product))).status, 200);
	assert.equal((await anew.refused(revoked.device.acknowledge())).rule, "device-locked");
	assert.equal((await anew.refused(deleted.device.provision(deleted.token))).status, 403);
	assert.equal((await anew.refused(good.device.claim(claim.token))).rule, "token-unknown");
	assert.ok((await anew.audit()).some(({ action }) => action === "service.rebuild"));
	assert.deepEqual((await again.check()).problems, []);
});

test("with a next CA each has its list", async (context) => {
	const { clock, service, out } = await exported(context);
	const newest = await service.certificates.addNext();
	const again = await openAt(context, join(out, "..", "first"), clock);
	const bench = benchOf(again, undefined as never, clock);
	const { uuid } = await bench.claimed("alice");
	const listOf = async (query: string) => {
		const url = "http://dms.example.com/crl.der" + query;
		return Buffer.from(await (await again.fetch(new Request(url))).arrayBuffer()).toString("hex");
	};
	const { serial = "none" } = (await again.devices.show(uuid)).certificates[0] ?? {};
	await again.devices.revoke(uuid);
	assert.ok((await listOf("?ca=" + newest)).includes(serial));
	assert.ok(!(await listOf("")).includes(serial));
});

test("no secret is exported", async (context) => {
	const { bench, service, out } = await exported(context);
	await bench.claimed("alice");
	await service.apiTokens.add({ name: "ci", role: "admin" });
	await service.export(out);
	assert.deepEqual(readdirSync(out).sort(), ["images", "service.json", "service.json.sig"]);
	const { tables } = JSON.parse(readFileSync(join(out, "service.json"), "utf8"));
	for (const name of ["passwords", "sessions", "apiTokens", "claimTokens", "credentials"]) {
		assert.equal(tables[name], undefined);
	}
	await assert.rejects(service.export(out), { rule: "backup" });
});

test("what was tampered with is refused, and nothing is made", async (context) => {
	const { bench, clock, service, out, data } = await exported(context);
	await bench.claimed("alice");
	await service.export(out);
	const [image = ""] = readdirSync(join(out, "images"));
	const files = ["service.json", "service.json.sig", join("images", image)];
	const rebuild = () => rebuildService(out, data, clock.seconds());
	for (const name of files) {
		const path = join(out, name);
		const bytes = readFileSync(path);
		for (const place of [0, bytes.length >> 1, bytes.length - 1]) {
			const changed = Buffer.from(bytes);
			changed[place] = (changed[place] ?? 0) ^ 1;
			writeFileSync(path, changed);
			await assert.rejects(rebuild(), { rule: "backup" }, name + " at " + place);
		}
		rmSync(path);
		await assert.rejects(rebuild(), { rule: "backup" }, name);
		writeFileSync(path, bytes);
	}
	assert.ok(!readdirSync(data).some((name) => name.startsWith("opendms.db")));
	await rebuild();
	await assert.rejects(rebuild(), { rule: "service-exists" });
});

/** What a publisher and an operator do on the page, by forms alone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Role, roles } from "../../hosts/dms/storage/schema.js";
import { factoryChip } from "../dms/factory-chip.js";
import { createPublisher, product } from "../dms/publisher.js";
import { type Headers, openPage } from "./open-page.js";

const place = "/products/" + product;
const version = "1.1.0.0";

test("a product of production is asked for twice", async (context) => {
	const { service, post, cookieOf } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	const cookie = await cookieOf("root");
	const fields = { code: "ACME-LOCK", title: "Lock", platform: "esp32", owner: "alice" };
	const asked = await post("/products", { ...fields, production: "yes" }, cookie);
	assert.equal(asked.status, 200);
	assert.match(await asked.text(), /never leaves ACME-LOCK[^]*name="sure"[^]*Yes: Add/);
	await assert.rejects(service.products.show("ACME-LOCK"));
	const wrong = await post("/products", { ...fields, owner: "nobody" }, cookie);
	assert.equal(wrong.status, 404);
	assert.match(await wrong.text(), /value="nobody"[^]*role="alert">There is no user nobody/);
	const sure = await post("/products", { ...fields, production: "yes", sure: "yes" }, cookie);
	assert.equal(sure.headers.get("location"), "/products/ACME-LOCK");
	assert.equal((await service.products.show("ACME-LOCK")).production, true);
});

test("key and bundle come by forms, and go to devices, and come back", async (context) => {
	const { service, get, post, upload, cookieOf } = await openPage(context);
	const publisher = createPublisher(context, service);
	await service.users.add("paula", { role: "publisher" });
	const cookie = await cookieOf("paula");
	const statement = publisher.keyStatement();
	const file = publisher.bundleFile(version, 1);
	const early = await upload(place + "/bundle", file, cookie);
	assert.equal(early.status, 422);
	assert.match(await early.text(), /role="alert">The bundle is not signed/);
	assert.match(await (await upload(place + "/bundle", new Uint8Array(), cookie)).text(), /Choose/);
	for (const [form, bytes] of [
		["key", statement],
		["bundle", file],
	] as const) {
		const { status, headers } = await upload(`${place}/${form}`, bytes, cookie);
		assert.deepEqual([status, headers.get("location")], [303, place], form);
	}
	const bundle = `${place}/bundles/${version}`;
	const download = await get(bundle + "/file", cookie);
	assert.deepEqual(new Uint8Array(await download.arrayBuffer()), file);
	assert.match(download.headers.get("content-disposition") ?? "", /ACME-LAMP-1\.1\.0\.0\.bundle/);

	const share = { tag: "release", percent: "10", failurePercent: "5" };
	assert.equal((await post(bundle + "/tag", share, cookie)).status, 303);
	const bad = await post(place + "/tags/release/share", { percent: "101" }, cookie);
	assert.equal(bad.status, 422);
	assert.match(await bad.text(), /value="101"[^]*role="alert"/);
	await post(place + "/tags/release/pause", {}, cookie);
	assert.match(await (await get(place, cookie)).text(), /It waits: paula has paused it/);
	await post(place + "/tags/release/resume", {}, cookie);
	await post(place + "/tags/release/share", { percent: "50" }, cookie);
	const { percent, failurePercent, haltedAt } = await service.rollOuts.show(product, "release");
	assert.deepEqual([percent, failurePercent, haltedAt], [50, 5, null]);
	const tagged = await post(bundle + "/withdraw", { sure: "yes" }, cookie);
	assert.match(await tagged.text(), /role="alert">1\.1\.0\.0 is tagged release/);
	assert.match(await (await post(place + "/tags/release/untag", {}, cookie)).text(), /Yes: Take/);
	await post(place + "/tags/release/untag", { sure: "yes" }, cookie);
	assert.match(await (await post(bundle + "/withdraw", {}, cookie)).text(), /Yes: Withdraw/);
	assert.equal((await service.bundles.show(product, version)).withdrawnAt, null);
	await post(bundle + "/withdraw", { sure: "yes" }, cookie);
	assert.notEqual((await service.bundles.show(product, version)).withdrawnAt, null);
	await post(place + "/floor", { value: "1.0.0.0" }, cookie);
	await post(place + "/interval", { value: "600" }, cookie);
	const { floor, updateInterval } = await service.products.show(product);
	assert.deepEqual([floor, updateInterval], ["1.0.0.0", 600]);
});

test("a key by the platform's next key comes with the version that has that", async (context) => {
	const { service, get, post, upload, cookieOf } = await openPage(context);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish(version, 1);
	await service.users.add("paula", { role: "publisher" });
	const cookie = await cookieOf("paula");
	const shownTo = async (reader: Headers): Promise<string> =>
		(await (await get(place, reader)).text()).replace(/\s+/g, " ");
	assert.doesNotMatch(await shownTo(cookie), /Stepping stones/);
	const restated = publisher.restate();
	assert.match(await shownTo(cookie), /<label ?>Where the platform[^<]*<input name="since"/);
	for (const [since, sentence] of [
		["", /role="alert">The statement is by another key[^<]*beside the file/],
		["7", /value="7"[^]*role="alert">since: A version is four numbers, such as 1\.2\.0\.0/],
		["9.0.0.0", /value="9.0.0.0"[^]*role="alert">ACME-LAMP has no version 9.0.0.0/],
	] as const) {
		const answer = await upload(place + "/key", restated, cookie, { since });
		assert.ok(answer.status >= 400);
		assert.match((await answer.text()).replace(/\s+/g, " "), sentence);
	}
	assert.deepEqual(await service.steppingStones.list(product), []);
	const { status } = await upload(place + "/key", restated, cookie, { since: version });
	assert.equal(status, 303);
	const [stone] = await service.steppingStones.list(product);
	assert.equal(stone?.version, version);
	assert.match(
		await shownTo(cookie),
		/Stepping stones.*<option value="1">1: 1\.1\.0\.0<.*Remove it/,
	);
	await service.users.add("vera", { role: "viewer" });
	const seenByVera = await shownTo(await cookieOf("vera"));
	assert.match(seenByVera, /Stepping stones/);
	assert.doesNotMatch(seenByVera, /stone-remove/);
	const withdraw = `${place}/bundles/${version}/withdraw`;
	const kept = await (await post(withdraw, { sure: "yes" }, cookie)).text();
	assert.match(kept, /end it: &quot;Stepping stones&quot; on the product&#39;s page\./);
	const remove = place + "/stone-remove";
	const asked = await (await post(remove, { ordinal: "1" }, cookie)).text();
	assert.match(asked, /stepping stone 1 before them need a cable[^]*Yes: Remove it/);
	assert.equal((await service.steppingStones.list(product))[0]?.removedAt, null);
	assert.equal((await post(remove, { ordinal: "2", sure: "yes" }, cookie)).status, 422);
	assert.equal((await post(remove, { ordinal: "1", sure: "yes" }, cookie)).status, 303);
	assert.notEqual((await service.steppingStones.list(product))[0]?.removedAt, null);
	assert.doesNotMatch(await shownTo(cookie), /stone-remove/);
});

test("a release for many devices at once is asked for twice", async (context) => {
	const { service, post, claimed, send, cookieOf } = await openPage(context);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish(version, 1);
	await service.users.add("paula", { role: "publisher" });
	const cookie = await cookieOf("paula");
	for (let count = 0; count < 11; count++) {
		const { device } = await claimed("alice");
		await send(device.activate(product));
	}
	const tag = `${place}/bundles/${version}/tag`;
	const all = { tag: "release", percent: "100", failurePercent: "10" };
	assert.match(await (await post(tag, all, cookie)).text(), /All devices[^]*Yes: Tag it/);
	assert.deepEqual((await service.bundles.show(product, version)).tags, []);
	await post(tag, { ...all, percent: "10" }, cookie);
	const raise = place + "/tags/release/share";
	assert.match(await (await post(raise, { percent: "100" }, cookie)).text(), /All 11 devices/);
	assert.equal((await service.rollOuts.show(product, "release")).percent, 10);
	await post(raise, { percent: "100", sure: "yes" }, cookie);
	assert.equal((await service.rollOuts.show(product, "release")).percent, 100);
});

test("what an operator does with a device is refused beside its form", async (context) => {
	const { service, get, post, claimed, send, cookieOf } = await openPage(context);
	await service.users.add("otto", { role: "operator" });
	const cookie = await cookieOf("otto");
	const { uuid, device } = await claimed("alice");
	await send(device.activate(product));
	const path = "/devices/" + uuid;
	const bad = await post(path + "/pin", { version: "7" }, cookie);
	assert.equal(bad.status, 422);
	assert.match(await bad.text(), /value="7"[^]*role="alert">version[^]*Pin it/);
	await post(path + "/pin", { version: "9.0.0.0" }, cookie);
	assert.match(await (await get(path, cookie)).text(), /pinned to a version that isn/);
	await post(path + "/unpin", {}, cookie);
	assert.match(await (await get(path, cookie)).text(), /its product has no release/);
	await post(path + "/tag", { tag: "beta" }, cookie);
	const { pin, tag } = await service.devices.show(uuid);
	assert.deepEqual([pin, tag], [null, "beta"]);
	for (const final of ["revoke", "delete"]) {
		assert.match(await (await post(`${path}/${final}`, {}, cookie)).text(), /Yes: /);
	}
	assert.equal((await service.devices.show(uuid)).revokedAt, null, "nothing was done yet");
	await post(path + "/revoke", { sure: "yes" }, cookie);
	assert.match(await (await get(path, cookie)).text(), /its certificates are revoked/);
	const gone = await post(path + "/delete", { sure: "yes" }, cookie);
	assert.equal(gone.headers.get("location"), "/devices");
	await assert.rejects(service.devices.show(uuid));
});

test("each form by each role: who may not is refused, whatever he sends", async (context) => {
	const { service, audit, post, upload, claimed, cookieOf } = await openPage(context);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish(version, 1);
	await service.bundles.tag(product, version, "beta");
	const { uuid } = await claimed("alice");
	const publishers: readonly Role[] = ["admin", "publisher"];
	const operators: readonly Role[] = ["admin", "operator"];
	const bundle = `${place}/bundles/${version}`;
	const forms: readonly [path: string, may: readonly Role[], fields: Headers][] = [
		["/products", ["admin"], { code: "A-B", title: "A", platform: "esp32", owner: "alice" }],
		[place + "/floor", publishers, { value: "0.0.0.0" }],
		[place + "/interval", publishers, { value: "600" }],
		[bundle + "/tag", publishers, { tag: "alpha", percent: "1", failurePercent: "1" }],
		[bundle + "/withdraw", publishers, { sure: "yes" }],
		...["pause", "resume", "share"].map((action): [string, readonly Role[], Headers] => [
			...([`${place}/tags/beta/${action}`, publishers, { percent: "1" }] as const),
		]),
		...["tag", "pin", "unpin", "swap"].map((action): [string, readonly Role[], Headers] => [
			...([`/devices/${uuid}/${action}`, operators] as const),
			{ tag: "beta", version, hardware: "0a0b0c0d0e0f" },
		]),
		[`/devices/${uuid}/revoke`, operators, {}],
		[`/devices/${uuid}/delete`, operators, {}],
	];
	for (const role of roles) {
		const name = role === "owner" ? "alice" : role;
		if (role !== "owner") await service.users.add(name, { role });
		const cookie = await cookieOf(name);
		for (const [path, may, fields] of forms) {
			const before = (await audit()).length;
			const answer = await post(path, fields, cookie);
			const { status } = answer;
			assert.equal(status === 403, !may.includes(role), `${role} ${path}: ${status}`);
			if (may.includes(role)) continue;
			assert.equal((await audit()).length, before, role + " " + path);
			assert.match(await answer.text(), /role="alert">(This is for |There is no )/, path);
		}
		for (const form of ["key", "bundle"]) {
			const { status } = await upload(`${place}/${form}`, new Uint8Array(10), cookie);
			assert.equal(status, publishers.includes(role) ? 422 : 403, role + " " + form);
		}
	}
	const { status } = await post(place + "/floor", { value: "0.0.0.0" });
	assert.equal(status, 303, "who hasn't logged in is sent to do so");
});

test("a product is corrected, shared, locked and removed by forms", async (context) => {
	const { service, get, post, cookieOf } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	await service.users.add("paula", { role: "publisher" });
	const [cookie, publishers] = [await cookieOf("root"), await cookieOf("paula")];
	const fields = { title: "Lamp", platform: "esp32c3", owner: "bob" };
	for (const form of ["set", "share", "lock", "unlock", "remove"]) {
		const { status } = await post(`${place}/${form}`, { ...fields, user: "bob" }, publishers);
		assert.equal(status, 403, form);
	}
	assert.doesNotMatch(await (await get(place, publishers)).text(), /Correct it|Remove the product/);
	assert.equal((await post(place + "/set", fields, cookie)).status, 303);
	const { title, platform, owner, production } = await service.products.show(product);
	assert.deepEqual([title, platform, owner, production], ["Lamp", "esp32c3", "bob", false]);
	const bad = await post(place + "/set", { ...fields, owner: "nobody" }, cookie);
	assert.match(await bad.text(), /value="nobody"[^]*role="alert">There is no user nobody/);
	const final = { ...fields, production: "yes" };
	assert.match(await (await post(place + "/set", final, cookie)).text(), /never leaves[^]*Yes:/);
	assert.equal((await service.products.show(product)).production, false);
	await post(place + "/share", { user: "alice" }, cookie);
	assert.deepEqual((await service.products.show(product)).sharedWith, ["alice"]);
	assert.match(await (await get(place, cookie)).text(), /<option value="alice">/);
	await post(place + "/unshare", { user: "alice" }, cookie);
	assert.deepEqual((await service.products.show(product)).sharedWith, []);
	await post(place + "/lock", {}, cookie);
	assert.equal((await service.products.show(product)).locked, true);
	await post(place + "/unlock", {}, cookie);
	assert.equal((await service.products.show(product)).locked, false);
	assert.match(await (await post(place + "/remove", {}, cookie)).text(), /is gone then[^]*Yes:/);
	const removed = await post(place + "/remove", { sure: "yes" }, cookie);
	assert.equal(removed.headers.get("location"), "/products");
	await assert.rejects(service.products.show(product));
});

test("firmware for blank chips comes by a form, and goes", async (context) => {
	const { service, get, post, upload, cookieOf } = await openPage(context);
	await service.users.add("paula", { role: "publisher" });
	await service.users.add("victor", { role: "viewer" });
	const cookie = await cookieOf("paula");
	const image = factoryChip({ chip: 0 });
	const bad = await upload(place + "/factory", image.subarray(0, 100), cookie);
	assert.equal(bad.status, 422);
	assert.match(await bad.text(), /role="alert">The file has no/);
	assert.equal((await upload(place + "/factory", image, await cookieOf("victor"))).status, 403);
	const { status, headers } = await upload(place + "/factory", image, cookie);
	assert.deepEqual([status, headers.get("location")], [303, place]);
	const { version, digest } = await service.factoryImages.show(product);
	const text = await (await get(place, cookie)).text();
	assert.ok(text.includes(version) && text.includes(digest));
	assert.match(text, /data-upload="\/api\/v1\/products\/ACME-LAMP\/factory-image"/);
	assert.match(await (await post(place + "/factory-remove", {}, cookie)).text(), /Yes: Take/);
	await post(place + "/factory-remove", { sure: "yes" }, cookie);
	await assert.rejects(service.factoryImages.show(product));
});

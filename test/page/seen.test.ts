/** Two people who change the same thing on the page: the second one is told. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createPublisher, product } from "../dms/publisher.js";
import { openPage } from "./open-page.js";

async function openDesk(context: TestContext) {
	const page = await openPage(context);
	await page.service.users.add("root", { role: "admin" });
	await page.service.users.add("bruno", { role: "admin" });
	const [root, bruno] = [await page.cookieOf("root"), await page.cookieOf("bruno")];
	/** What the forms of a page say that was seen. */
	const seenOn = async (path: string): Promise<string> => {
		const text = await (await page.get(path, root)).text();
		const all = new Set([...text.matchAll(/name="seen" value="(\w+)"/g)].map(([, seen]) => seen));
		const [seen = "", ...others] = all;
		assert.deepEqual([seen.length, others], [16, []], path);
		return seen;
	};
	return { ...page, root, bruno, seenOn };
}

test("who corrects a product that another has corrected meanwhile is told", async (context) => {
	const { service, post, root, bruno, seenOn } = await openDesk(context);
	const place = "/products/" + product;
	const seen = await seenOn(place);
	const { title, platform, owner } = await service.products.show(product);
	const same = { title, platform, owner };
	const first = await post(place + "/set", { ...same, title: "Lamp of Bruno", seen }, bruno);
	assert.equal(first.status, 303);
	const second = await post(place + "/set", { ...same, title: "Lamp of Root", seen }, root);
	assert.equal(second.status, 409);
	const text = await second.text();
	assert.match(text, /role="alert">bruno has changed this since you looked at it/);
	assert.match(text, /<dd>Lamp of Bruno<\/dd>[^]*value="Lamp of Root"/, "both are shown");
	assert.equal((await service.products.show(product)).title, "Lamp of Bruno");
	const [, again = ""] = /name="seen" value="(\w+)"/.exec(text) ?? [];
	const third = await post(place + "/set", { ...same, title: "Lamp of Root", seen: again }, root);
	assert.equal(third.status, 303);
	assert.equal((await service.products.show(product)).title, "Lamp of Root");
});

test("what is done to device, user and roll-out is done to what was seen", async (context) => {
	const { service, post, root, claimed, seenOn } = await openDesk(context);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish("1.1.0.0", 1);
	await service.bundles.tag(product, "1.1.0.0", "release", { percent: 10 });
	const { uuid } = await claimed("alice");
	const bundle = `/products/${product}/bundles/1.1.0.0`;
	for (const [path, action, fields, meanwhile] of [
		["/devices/" + uuid, "/tag", { tag: "beta" }, () => service.devices.pin(uuid, "1.1.0.0")],
		["/devices/" + uuid, "/delete", { sure: "yes" }, () => service.devices.release(uuid)],
		["/users/bob", "/role", { role: "viewer" }, () => service.users.setEmail("bob", "b@b.example")],
		["/users/bob", "/remove", {}, () => service.users.setRole("bob", "operator")],
		[
			"/products/" + product,
			"/tags/release/share",
			{ percent: "50" },
			() => service.rollOuts.pause(product, "release"),
		],
		[
			bundle,
			"/tag",
			{ tag: "beta", percent: "10", failurePercent: "10" },
			() => service.rollOuts.resume(product, "release"),
		],
	] as const) {
		const seen = await seenOn(path);
		await meanwhile();
		const { status } = await post(path + action, { ...fields, seen }, root);
		assert.equal(status, 409, path + action);
	}
	assert.equal((await service.devices.show(uuid)).tag, null);
	assert.equal((await service.rollOuts.show(product, "release")).percent, 10);
});

test("what a device says of itself is in nobody's way", async (context) => {
	const { service, post, root, provisioned, send, seenOn, clock } = await openDesk(context);
	const { uuid, device } = await provisioned();
	const seen = await seenOn("/devices/" + uuid);
	clock.advance(60);
	await send(device.acknowledge());
	await service.flush();
	assert.equal((await post(`/devices/${uuid}/lock`, { seen }, root)).status, 303);
	// A script, or a page of before, that says nothing of what it saw does as before.
	assert.equal((await post(`/devices/${uuid}/unlock`, {}, root)).status, 303);
});

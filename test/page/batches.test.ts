/** The factory line on the page: batches, and their boards. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { roles } from "../../hosts/dms/storage/schema.js";
import { product } from "../dms/publisher.js";
import { openPage } from "./open-page.js";

test("a batch is begun, filled, and closed for good", async (context) => {
	const { service, get, post, cookieOf } = await openPage(context);
	await service.users.add("otto", { role: "operator" });
	const cookie = await cookieOf("otto");
	assert.match(await (await get("/batches", cookie)).text(), /<p class="quiet">None\.<\/p>/);
	const asked = { name: "2026-11", product, quota: "2", label: "" };
	const bad = await post("/batches", { ...asked, quota: "many" }, cookie);
	assert.equal(bad.status, 422);
	assert.match(await bad.text(), /value="2026-11"[^]*role="alert"/);
	const unknown = await post("/batches", { ...asked, product: "ACME-NONE" }, cookie);
	assert.equal(unknown.status, 404);
	const begun = await post("/batches", asked, cookie);
	assert.deepEqual([begun.status, begun.headers.get("location")], [303, "/batches/2026-11"]);
	await service.batches.addBoard("2026-11", { hardware: "a4cf12345678" });
	const place = "/batches/2026-11";
	const text = await (await get(place, cookie)).text();
	assert.match(text, /1 of 2[^]*a4cf12345678[^]*not yet[^]*Otto began this batch of 2 boards/);
	assert.match(await (await get("/batches", cookie)).text(), /2026-11[^]*1 of 2/);
	assert.match(await (await post(place + "/close", {}, cookie)).text(), /no further board[^]*Yes:/);
	assert.equal((await service.batches.show("2026-11")).closedAt, null);
	assert.equal((await post(place + "/close", { sure: "yes" }, cookie)).status, 303);
	assert.notEqual((await service.batches.show("2026-11")).closedAt, null);
	assert.doesNotMatch(await (await get(place, cookie)).text(), /Close the batch/);
});

test("batches by each role", async (context) => {
	const { service, get, post, cookieOf } = await openPage(context);
	for (const role of roles) {
		const name = role === "owner" ? "alice" : role;
		if (role !== "owner") await service.users.add(name, { role });
		const cookie = await cookieOf(name);
		const may = role === "admin" || role === "operator";
		const one = "/batches/of-" + role;
		await service.batches.add({ name: "of-" + role, product, quota: 2 });
		for (const path of ["/batches", one]) {
			const page = await get(path, cookie);
			assert.equal(page.status, role === "owner" ? 403 : 200, role + " " + path);
			const isOffered = /Begin it|Close the batch/.test(await page.text());
			assert.equal(isOffered, may, role + " " + path);
		}
		const added = await post("/batches", { name: role, product, quota: "1" }, cookie);
		assert.equal(added.status, may ? 303 : 403, role);
		const closed = await post(one + "/close", { sure: "yes" }, cookie);
		assert.equal(closed.status, may ? 303 : 403, role);
	}
	assert.equal((await get("/batches/none", await cookieOf("viewer"))).status, 404);
});

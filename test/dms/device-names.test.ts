/** What people call a device: by the command line, the API and the page, and where it is found. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "../page/open-page.js";
import { openBench } from "./bench.js";

test("a device is found by a part of its name, whatever is in it", async (context) => {
	const { service, provisioned, audit } = await openBench(context);
	const { devices } = service;
	const names = ["Lamp in the hall", "100 % Küche", "under_score", "back\\slash", "ÜBER"];
	const uuids: string[] = [];
	for (const name of names) {
		const { uuid } = await provisioned();
		await devices.rename(uuid, name);
		uuids.push(uuid);
	}
	await provisioned();
	for (const [named, index] of [
		...([
			["HALL", 0],
			["lamp in", 0],
			["%", 1],
			["küche", 1],
			["_", 2],
		] as const),
		...([
			["\\", 3],
			["ÜB", 4],
			["' or 1=1 --", -1],
		] as const),
	]) {
		const found = await devices.list({ named });
		const expected = index < 0 ? [] : [uuids[index]];
		assert.deepEqual(
			found.map(({ uuid }) => uuid),
			expected,
			named,
		);
	}
	assert.equal((await devices.list({ named: "lamp", owner: "alice" })).length, 0);
	for (const name of ["", "  ", "a".repeat(65), "line\nbreak", "turned\u202earound"]) {
		await assert.rejects(devices.rename(uuids[0] ?? "", name), { rule: "name" }, name);
	}
	await devices.rename(uuids[0] ?? "", undefined);
	assert.equal((await devices.show(uuids[0] ?? "")).name, null);
	assert.equal((await devices.list({ named: "hall" })).length, 0);
	const entry = (await audit()).find(({ action }) => action === "device.name");
	assert.match(entry?.details ?? "", /Lamp in the hall/);
});

test("an owner names his own device on the page, and nobody else's", async (context) => {
	const { service, claimed, get, post, cookieOf } = await openPage(context);
	await service.users.add("victor", { role: "viewer" });
	const { uuid } = await claimed("alice");
	const place = "/devices/" + uuid;
	const name = "Lamp in the hall";
	const [alice, bob] = [await cookieOf("alice"), await cookieOf("bob")];
	assert.equal((await post(place + "/rename", { name }, bob)).status, 404);
	assert.equal((await post(place + "/rename", { name }, await cookieOf("victor"))).status, 403);
	assert.equal((await post(place + "/rename", { name }, alice)).status, 303);
	assert.match(await (await get(place, alice)).text(), /value="Lamp in the hall"/);
	assert.match(await (await get("/devices?named=HALL", alice)).text(), /Lamp in the hall/);
	assert.doesNotMatch(await (await get("/devices?named=kitchen", alice)).text(), /Lamp in/);
	const long = await post(place + "/rename", { name: "x".repeat(65) }, alice);
	assert.equal(long.status, 422);
	assert.match(await long.text(), /role="alert"[^]*value="x{65}"|value="x{65}"[^]*role="alert"/);
	assert.equal((await post(place + "/rename", {}, alice)).status, 303);
	assert.equal((await service.devices.show(uuid)).name, null);
	assert.match(await (await get(place, await cookieOf("victor"))).text(), /<dt>Name<\/dt>/);
});

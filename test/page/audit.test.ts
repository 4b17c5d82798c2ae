/** The audit log on the page: filters, older pages; and what there is no page for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openPages } from "./visit.js";

test("the audit log is of whom and of what one asks for, in sentences", async (context) => {
	const { service, clock, visitorOf, claimed } = await openPages(context);
	const before = await visitorOf("root", "admin");
	const { uuid } = await claimed("alice");
	await before.post(`/devices/${uuid}/lock`);
	clock.advance(3 * 86_400);
	const root = await visitorOf("root");
	await root.post(`/devices/${uuid}/unlock`);
	const of = async (query: string) => (await root.get("/audit?" + query)).text;
	const locked = await of("actor=root&action=device.lock");
	assert.match(locked, new RegExp(`Root locked device ${uuid.slice(0, 12)}\\.`));
	assert.doesNotMatch(locked, /unlocked/);
	assert.match(locked, new RegExp(`href="/devices/${uuid}"`));
	assert.match(locked, /value="root"[^]*<option value="device.lock" selected>/);
	const today = new Date(service.now()).toISOString().slice(0, 10);
	assert.doesNotMatch(await of("since=" + today), /Root locked/);
	assert.match(await of("since=" + today), /Root unlocked/);
	assert.doesNotMatch(await of("until=" + today), /Root unlocked/);
	assert.match(await of("actor=operator"), /machine added the user alice as owner/);
	assert.match(await of("isRefused=yes"), /None\./);
	const odd = await root.get("/audit?since=yesterday&actor=root");
	assert.equal(odd.status, 422);
	assert.match(odd.text, /role="alert"[^]*value="root"/);
});

test("older entries are behind a link, as far as there are any", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const root = await visitorOf("root", "admin");
	await service.tokens.addProvisioningMany(230, {}, () => undefined);
	const seen = new Set<string>();
	let path: string | undefined = "/audit?action=token.add";
	let pages = 0;
	while (path !== undefined) {
		const { text }: { readonly text: string } = await root.get(path);
		for (const [, id = ""] of text.matchAll(/provisioning token ([0-9a-f]{12})/g)) seen.add(id);
		path = /href="(\/audit\?[^"]*before=\d+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
		assert.ok(++pages <= 3);
	}
	assert.deepEqual([seen.size, pages], [230, 3]);
});

test("where there is no page, people read so, and programs get a problem", async (context) => {
	const { visitorOf, stranger } = await openPages(context);
	const root = await visitorOf("root", "admin");
	for (const visitor of [root, stranger]) {
		const { status, headers, text } = await visitor.get("/nothing/here");
		assert.deepEqual([status, headers.get("content-type")?.slice(0, 9)], [404, "text/html"]);
		assert.match(text, /There is no such page/);
		assert.equal(text.includes("Log out"), visitor === root);
	}
	const api = await root.get("/api/v1/nothing");
	assert.equal(api.headers.get("content-type"), "application/problem+json");
});

test("the head says where one is, also on pages further in", async (context) => {
	const { visitorOf } = await openPages(context);
	const root = await visitorOf("root", "admin");
	const marked = async (path: string) =>
		[...(await root.get(path)).text.matchAll(/href="([^"]+)" aria-current="(\w+)"/g)].map(
			([, to, how]) => to + " " + how,
		);
	assert.deepEqual(await marked("/users"), ["/users page"]);
	assert.deepEqual(await marked("/users/alice"), ["/users true"]);
	assert.deepEqual(await marked("/devices/add"), ["/devices/add page"]);
	assert.deepEqual(await marked("/account"), ["/account page"]);
});

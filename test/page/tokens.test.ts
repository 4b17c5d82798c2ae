/** Tokens on the page: made and shown once, as labels and as a file, listed and revoked. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { roles } from "../../hosts/dms/storage/schema.js";
import { parseToken } from "../../src/protocol/token.js";
import { sha256 } from "../dms/protocol-device.js";
import { openPage } from "./open-page.js";
import { openPages } from "./visit.js";

test("tokens are shown once, each with its QR code, and are in the list", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const otto = await visitorOf("otto", "operator");
	const { status, text } = await otto.post("/tokens/new/provisioning", { count: "3", days: "2" });
	assert.equal(status, 200);
	const shown = [...text.matchAll(/<code>(dms1\/[^<]+)<\/code>/g)].map(([, token = ""]) => token);
	assert.equal(new Set(shown).size, 3);
	for (const token of shown) assert.ok(parseToken(token, { sha256 }), token);
	assert.equal(text.match(/<svg viewBox="0 0 \d+ \d+" role="img" aria-label="QR code/g)?.length, 3);
	assert.doesNotMatch(text, /\sstyle=/, "the policy lets none be");
	const list = (await otto.get("/tokens")).text;
	for (const { id, expiresAt } of await service.tokens.list()) {
		assert.match(list, new RegExp(id));
		assert.equal(expiresAt, Math.floor(service.now() / 1000) + 2 * 86_400);
	}
	assert.doesNotMatch(list, /dms1\//);
	const [{ id } = { id: "" }] = await service.tokens.list();
	const asked = await otto.post(`/tokens/${id}/revoke`);
	assert.match(asked.text, /It opens nothing any more, for good\.[^]*Yes: Revoke/);
	assert.equal((await otto.post(`/tokens/${id}/revoke`, { sure: "yes" })).status, 303);
	assert.equal((await service.tokens.list()).find((one) => one.id === id)?.state, "revoked");
	assert.equal((await otto.post(`/tokens/0123/revoke`, { sure: "yes" })).status, 404);
});

test("many tokens come as a file, all of which are good", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const otto = await visitorOf("otto", "operator");
	const { status, headers, text } = await otto.post("/tokens/csv", { count: "1200" });
	assert.equal(status, 200);
	assert.match(headers.get("content-disposition") ?? "", /attachment; filename="tokens\.csv"/);
	const [head, ...lines] = text.trimEnd().split("\n");
	assert.equal(head, "id,token,expires");
	const open = (await service.tokens.list()).filter(({ state }) => state === "open");
	assert.deepEqual(lines.map((line) => line.split(",")[0]).sort(), open.map(({ id }) => id).sort());
	assert.equal(open.length, 1_200);
});

test("a file of tokens ends with the session of who makes it", async (context) => {
	const { service, post, cookieOf } = await openPage(context);
	await service.users.add("otto", { role: "operator" });
	const count = 20_000;
	const response = await post("/tokens/csv", { count: String(count) }, await cookieOf("otto"));
	const reader = response.body?.getReader();
	await reader?.read();
	await service.users.setRole("otto", "viewer");
	const rest = async (): Promise<void> => {
		while ((await reader?.read())?.done === false);
	};
	await assert.rejects(rest(), /Your session has ended/);
	assert.ok((await service.tokens.list()).length < count / 2);
});

test("what is wrong is said beside the form, which keeps what was in it", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const otto = await visitorOf("otto", "operator");
	for (const [path, fields, message] of [
		["/tokens/new/provisioning", { count: "101", days: "7" }, /1 to 100 tokens.*as CSV/],
		["/tokens/new/provisioning", { count: "odd", days: "7" }, /1 to 100/],
		["/tokens/new/provisioning", { count: "1", days: "4000" }, /3650 days/],
		["/tokens/new/provisioning", { count: "1", days: "1.5" }, /lifeSeconds/],
		["/tokens/csv", { count: "100001", days: "7" }, /1 to 100000/],
		["/tokens/new/claim", { user: "nobody-else" }, /no user nobody-else/],
		["/tokens/new/activation", { user: "bob", product: "ACME-LAMP" }, /bob may not use ACME-LAMP/],
	] as const) {
		const { status, text } = await otto.post(path, fields);
		assert.ok(status >= 400 && status < 500, path + status);
		assert.match(text, /<p class="bad" role="alert">/);
		assert.match(text, message);
		for (const value of Object.values(fields)) assert.match(text, new RegExp(`value="${value}"`));
	}
	assert.deepEqual(await service.tokens.list(), []);
});

test("an owner makes claim tokens for himself alone, and sees no others'", async (context) => {
	const { service, visitorOf } = await openPages(context);
	await service.tokens.addProvisioning();
	const alice = await visitorOf("alice");
	const page = (await alice.get("/tokens")).text;
	assert.match(page, /a device becomes yours/);
	assert.doesNotMatch(page, /Provisioning|Activation|Made until now|Revoke/);
	assert.equal((await alice.post("/tokens/new/claim", { count: "1" })).status, 200);
	assert.equal((await alice.post("/tokens/new/claim", { user: "bob" })).status, 403);
	const made = (await service.tokens.list()).filter(({ kind }) => kind === "claim");
	assert.deepEqual(
		made.map(({ user }) => user),
		["alice"],
	);
});

test("who makes and revokes tokens on the page is who may by the API", async (context) => {
	const { service, visitorOf, stranger } = await openPages(context);
	const { id } = await service.tokens.addProvisioning();
	for (const role of roles) {
		const visitor = await visitorOf(role, role);
		const may = role === "admin" || role === "operator";
		const ways = ["/tokens/new/provisioning", "/tokens/csv", `/tokens/${id}/revoke`];
		for (const way of ways) {
			const { status } = await visitor.post(way, { count: "1" });
			assert.equal(status === 403, !may, role + " " + way);
		}
	}
	assert.equal(
		(await stranger.post("/tokens/new/provisioning")).headers.get("location"),
		"/log-in?lost=form",
	);
});

test("an owner hands a device over on its page, and nobody another's", async (context) => {
	const { service, visitorOf, claimed } = await openPages(context);
	const { uuid } = await claimed("alice");
	const place = "/devices/" + uuid;
	const alice = await visitorOf("alice");
	assert.match((await alice.get(place)).text, /Hand it over/);
	const unknown = await alice.post(place + "/transfer", { user: "nobody-else" });
	assert.equal(unknown.status, 404);
	assert.match(unknown.text, /value="nobody-else"[^]*role="alert">[^<]*no user nobody-else/);
	assert.equal(
		(await (await visitorOf("bob")).post(place + "/transfer", { user: "bob" })).status,
		404,
	);
	const viewer = await visitorOf("victor", "viewer");
	assert.doesNotMatch((await viewer.get(place)).text, /Hand it over/);
	assert.equal((await viewer.post(place + "/transfer", { user: "bob" })).status, 403);
	const { status, text } = await alice.post(place + "/transfer", { user: "bob" });
	assert.equal(status, 200);
	assert.match(text, /dms_claim TOKEN[^]*QR code[^]*transfer [0-9a-f]{12}, bob/);
	const [made] = (await service.tokens.list()).filter(({ kind }) => kind === "transfer");
	assert.deepEqual([made?.user, made?.state], ["bob", "open"]);
	assert.equal((await service.devices.show(uuid)).owner, "alice", "nothing has changed yet");
});

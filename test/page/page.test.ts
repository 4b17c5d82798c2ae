/** The page without a browser: who sees what, what is refused, and that text stays text. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pageRoutes } from "../../hosts/dms/page/page.js";
import { Visits } from "../../hosts/dms/people/visits.js";
import { type Role, roles } from "../../hosts/dms/storage/schema.js";
import { openPage, origin, ownPage, visitor } from "./open-page.js";

const password = "correct horse battery";

test("the first admin sets a password by the link, once, and is in", async (context) => {
	const { service, get, post } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	const { link, token } = await service.users.invite("root");
	assert.equal(new URL(link).pathname, "/invite");
	assert.match(await (await get("/invite")).text(), /name="invite"[^>]*required/);
	const bad = await post("/invite", { invite: token, password: "short" });
	assert.equal(bad.status, 422);
	assert.match(await bad.text(), /role="alert">\s*A password has at least 12 letters/);
	const good = await post("/invite", { invite: token, password });
	assert.deepEqual([good.status, good.headers.get("location")], [303, "/devices"]);
	const [cookie = ""] = (good.headers.get("set-cookie") ?? "").split(";");
	assert.match(await (await get("/devices", { ...ownPage, cookie })).text(), /root, admin/);
	assert.notEqual((await post("/invite", { invite: token, password })).status, 303);
});

test("what is pasted into a form may have blanks, line ends and a whole link", async (context) => {
	const { service, post, cookieOf } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	for (const around of [
		(_link: string, token: string) => ` ${token}\r\n`,
		(link: string) => link + " ",
	]) {
		const { link, token } = await service.users.invite("root");
		const invite = around(link, token);
		assert.equal((await post("/invite", { invite, password })).status, 303, invite);
	}
	const cookie = await cookieOf("root");
	await post("/users", { name: "\tdave ", role: "owner" }, cookie);
	const title = "  Lamp\u3000";
	await post("/products", { code: " ACME-L\n", title, platform: "board", owner: "dave " }, cookie);
	assert.equal((await service.products.show("ACME-L")).title, "Lamp");
	// A password is as it was typed.
	const spaced = password + " ";
	assert.equal((await post("/log-in", { name: "root", password: spaced })).status, 401);
	await post("/account/password", { current: password, wanted: spaced }, cookie);
	assert.equal((await post("/log-in", { name: "root", password: spaced })).status, 303);
});

test("one logs in and out by forms; what was wrong is said beside the form", async (context) => {
	const { service, get, post } = await openPage(context);
	await service.users.add("carol", { role: "viewer" });
	const { token } = await service.users.invite("carol");
	await service.sessions.acceptInvite(token, password, visitor);
	const bad = await post("/log-in", { name: "carol", password: "wrong horse battery" });
	assert.equal(bad.status, 401);
	assert.match(await bad.text(), /role="alert"[^]*value="carol"/);
	const good = await post("/log-in", { name: "carol", password });
	assert.deepEqual([good.status, good.headers.get("location")], [303, "/devices"]);
	const [cookie = ""] = (good.headers.get("set-cookie") ?? "").split(";");
	const out = await post("/log-out", {}, { ...ownPage, cookie });
	assert.deepEqual([out.status, out.headers.get("location")], [303, "/log-in"]);
	assert.equal((await get("/devices", { ...ownPage, cookie })).status, 303);
});

test("who has to log in first is then where he wanted to go, once", async (context) => {
	const { service, get, post } = await openPage(context);
	await service.users.add("carol", { role: "viewer" });
	const { token } = await service.users.invite("carol");
	const wanted = "/devices?version=1.0.0.0";
	const sent = await get(wanted);
	assert.deepEqual([sent.status, sent.headers.get("location")], [303, "/log-in"]);
	const [cookie = ""] = (sent.headers.get("set-cookie") ?? "").split(";");
	assert.match(sent.headers.get("set-cookie") ?? "", /HttpOnly; SameSite=Lax/);
	const headers = { ...ownPage, cookie };
	assert.equal((await post("/log-in", { name: "carol", password }, headers)).status, 401);
	const good = await post("/invite", { invite: token, password }, headers);
	assert.deepEqual([good.status, good.headers.get("location")], [303, wanted]);
	const name = cookie.split("=")[0] ?? "";
	assert.ok(good.headers.getSetCookie().some((line) => line.startsWith(name + "=; Max-Age=0")));
	// What is sent, and what is long, isn't gone back to.
	assert.equal((await post("/users", { name: "dave" })).headers.get("set-cookie"), null);
	assert.equal((await get("/audit?actor=" + "a".repeat(500))).headers.get("set-cookie"), null);
});

const views = ["/devices", "/devices/UUID", "/products", "/products/ACME-LAMP", "/audit"] as const;

test("each page by each role: an owner sees his own, a stranger the log-in", async (context) => {
	const { service, get, cookieOf, claimed } = await openPage(context);
	const own = await claimed("alice");
	const other = await claimed("bob");
	for (const role of roles) {
		const name = role === "owner" ? "alice" : role;
		if (role !== "owner") await service.users.add(name, { role });
		const cookie = await cookieOf(name);
		for (const view of views) {
			const { status } = await get(view.replace("UUID", own.uuid), cookie);
			const isDevice = view.startsWith("/devices");
			assert.equal(status, isDevice || role !== "owner" ? 200 : 403, role + " " + view);
		}
		const isOwner = role === "owner";
		assert.equal((await get("/devices/" + other.uuid, cookie)).status, isOwner ? 404 : 200);
		const list = await (await get("/devices", cookie)).text();
		assert.deepEqual([list.includes(own.uuid), list.includes(other.uuid)], [true, !isOwner]);
	}
	for (const view of views) {
		const { status, headers } = await get(view);
		assert.deepEqual([status, headers.get("location")], [303, "/log-in"], view);
	}
});

test("who may lock has the button, and who may not is refused all the same", async (context) => {
	const { service, audit, get, post, cookieOf, claimed } = await openPage(context);
	const { uuid } = await claimed("alice");
	const place = "/devices/" + uuid;
	const may: { readonly [role in Role]: boolean } = {
		...{ admin: true, operator: true, publisher: false, viewer: false, owner: false },
	};
	for (const role of roles) {
		const name = role === "owner" ? "alice" : role;
		if (role !== "owner") await service.users.add(name, { role });
		const cookie = await cookieOf(name);
		assert.equal((await (await get(place, cookie)).text()).includes(place + "/lock"), may[role]);
		const { status } = await post(place + "/lock", {}, cookie);
		assert.equal(status, may[role] ? 303 : 403, role);
		assert.equal((await service.devices.show(uuid)).lockedAt !== null, may[role]);
		if (may[role]) assert.equal((await post(place + "/unlock", {}, cookie)).status, 303);
	}
	const actors = (await audit()).filter(({ action }) => action === "device.lock");
	assert.deepEqual(actors.map(({ actor }) => actor).sort(), ["user:admin", "user:operator"]);
	const released = await post(place + "/release", {}, await cookieOf("alice"));
	assert.equal(released.headers.get("location"), "/devices");
	assert.equal((await service.devices.show(uuid)).owner, null);
});

test("each request is in the log once, with its rule and who it was", async (context) => {
	const { service, log, get, post, cookieOf } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	log.length = 0;
	await post("/log-in", { name: "root", password: "wrong horse battery" });
	const cookie = await cookieOf("root");
	for (const path of ["/devices", "/devices/0123", "/products"]) await get(path, cookie);
	await post("/devices/0123/lock", {}, cookie);
	const said = log.map((entry) =>
		entry.kind === "request" ? [entry.path, entry.status, entry.rule, entry.who] : [entry.kind],
	);
	assert.deepEqual(said, [
		["/log-in", 401, "log-in", undefined],
		["/devices", 200, undefined, "user:root"],
		["/devices/{uuid}", 404, "device-unknown", "user:root"],
		["/products", 200, undefined, "user:root"],
		["/devices/{uuid}/{action}", 404, "device-unknown", "user:root"],
	]);
});

test("who has another account finds its way in, where there is one", async (context) => {
	const { service, get } = await openPage(context);
	assert.doesNotMatch(await (await get("/log-in")).text(), /oidc/);
	const page = pageRoutes(service, new Visits(service.sessions), { provider: "/oidc/log-in" });
	assert.match(await (await page.request(origin + "/log-in")).text(), /href="\/oidc\/log-in"/);
});

test("another page's form changes nothing", async (context) => {
	const { service, post, cookieOf, claimed } = await openPage(context);
	const { uuid } = await claimed("alice");
	const { cookie = "" } = await cookieOf("alice");
	for (const from of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }, {}]) {
		const { status } = await post(`/devices/${uuid}/release`, {}, { ...from, cookie });
		assert.equal(status, 403);
	}
	assert.equal((await service.devices.show(uuid)).owner, "alice");
});

test("a name is text, whatever is in it", async (context) => {
	const { service, get, cookieOf } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	const title = "<script>alert(1)</script>\"'&\u202E";
	await service.products.add({ code: "ODD-ONE", title, platform: "esp32", owner: "alice" });
	const cookie = await cookieOf("root");
	const hostile = encodeURIComponent('"><script>alert(2)</script>');
	for (const path of ["/products", "/audit", "/devices?owner=" + hostile, "/products/" + hostile]) {
		const text = await (await get(path, cookie)).text();
		assert.doesNotMatch(text, /<script>|\u202E/, path);
	}
	assert.match(await (await get("/products", cookie)).text(), /&lt;script&gt;alert\(1\)/);
});

test("a page runs our own files alone, and isn't kept; its files are", async (context) => {
	const { get } = await openPage(context);
	const page = await get("/log-in");
	const policy = page.headers.get("content-security-policy") ?? "";
	assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
	assert.doesNotMatch(policy, /unsafe|\*|https?:/);
	assert.equal(page.headers.get("cache-control"), "no-store");
	const text = await page.text();
	assert.doesNotMatch(text, /\sstyle=|\son\w+=|https?:/);
	for (const [, path = ""] of text.matchAll(/(?:href|src)="(\/assets[^"]+)"/g)) {
		const file = await get(path);
		assert.equal(file.status, 200);
		assert.match(file.headers.get("cache-control") ?? "", /immutable/);
	}
});

test("what isn't there is said, on the page and in the API", async (context) => {
	const { service, log, get, post, cookieOf } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	const cookie = await cookieOf("root");
	const unknown = await get("/devices/0123", cookie);
	assert.deepEqual(
		[unknown.status, unknown.headers.get("content-type")?.slice(0, 9)],
		[404, "text/html"],
	);
	assert.equal((await get("/devices?state=odd", cookie)).status, 422);
	// Whoever it is: nothing of that is a fault.
	assert.equal((await post("/log-in", { name: "x".repeat(20_000) })).status, 413);
	assert.equal((await post("/log-in", {}, { ...ownPage, "content-type": "text/odd" })).status, 422);
	assert.deepEqual(
		log.filter(({ kind }) => kind === "fault"),
		[],
	);
	const route = await get("/api/v1/nothing", cookie);
	assert.deepEqual(
		[route.status, route.headers.get("content-type")],
		[404, "application/problem+json"],
	);
});

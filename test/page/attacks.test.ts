/** The page's routes as somebody meets them who is up to no good: all of them, generated. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { apiPath } from "../../hosts/dms/api/openapi.js";
import { Live } from "../../hosts/dms/page/live.js";
import { pageRoutes } from "../../hosts/dms/page/page.js";
import { Visits } from "../../hosts/dms/people/visits.js";
import { createDevice } from "../dms/protocol-device.js";
import { createPublisher, product } from "../dms/publisher.js";
import { type Headers, openPage, origin, ownPage, password, visitor } from "./open-page.js";

/** For whoever comes; what they change needs a password, or an invitation. */
const open = ["/log-in", "/invite"];

/** What everybody may do to himself. */
const own = ["/log-out", "/account/password", "/account/sessions/:id/end"];

/** Of what isn't his own, an owner does these: to his devices, and for himself. */
const owners = [
	...["/devices/add", "/devices/:uuid/release", "/devices/:uuid/transfer"],
	"/tokens/new/:kind",
];

async function openTable(context: TestContext) {
	const page = await openPage(context);
	const { service } = page;
	await service.users.add("root", { role: "admin" });
	await service.users.add("victor", { role: "viewer" });
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish("1.1.0.0", 1);
	await service.bundles.tag(product, "1.1.0.0", "release");
	await service.batches.add({ name: "2026-11", product, quota: 2 });
	const { uuid } = await page.claimed("alice");
	const { id } = await service.tokens.addProvisioning();
	const names: Headers = {
		...{ uuid, product, tag: "release", version: "1.1.0.0", kind: "claim", id },
	};
	const fill = (path: string): string =>
		path.replace(/:(\w+)/g, (_, name: string) =>
			name === "name" ? (path.startsWith("/users") ? "bob" : "2026-11") : (names[name] ?? name),
		);
	const live = new Live(service.log);
	const { routes } = pageRoutes(service, new Visits(service.sessions), { live });
	const all = new Set(routes.map(({ method, path }) => method + " " + path));
	const of = (method: string): string[] =>
		[...all].flatMap((one) => (one.startsWith(method + " ") ? [one.split(" ")[1] ?? ""] : []));
	return { ...page, fill, of };
}

test("no form is sent by another page, whoever is logged in", async (context) => {
	const { post, of, fill, cookieOf, audit } = await openTable(context);
	const paths = of("POST");
	assert.ok(paths.length > 40);
	const { cookie = "" } = await cookieOf("root");
	const before = (await audit()).length;
	for (const path of paths) {
		for (const headers of [
			...[{}, { origin: "null" }, { origin: "https://evil.example" }, { referer: origin }],
			{ "sec-fetch-site": "cross-site" },
			{ "sec-fetch-site": "same-site", origin: "http://127.0.0.1:9000" },
			{ "sec-fetch-site": "cross-site", origin },
		] as Headers[]) {
			const { status } = await post(fill(path), { sure: "yes" }, { ...headers, cookie });
			assert.equal(status, 403, path + " " + JSON.stringify(headers));
		}
	}
	assert.equal((await audit()).length, before);
});

test("who hasn't logged in gets nothing, and changes nothing", async (context) => {
	const { get, post, of, fill, audit } = await openTable(context);
	const before = (await audit()).length;
	for (const path of of("POST").filter((one) => !open.includes(one))) {
		const { status, headers } = await post(fill(path), { sure: "yes" });
		const place = path === "/log-out" ? "/log-in" : "/log-in?lost=form";
		assert.deepEqual([status, headers.get("location")], [303, place], path);
	}
	const told = await (await get("/log-in?lost=form")).text();
	assert.match(told, /role="alert">You are logged in no more, so nothing was done/);
	for (const path of of("GET").filter((one) => !open.includes(one) && !/assets|^\/$/.test(one))) {
		const { status, headers } = await get(fill(path));
		if (path === "/events") assert.equal(status, 401);
		else assert.deepEqual([status, headers.get("location")], [303, "/log-in"], path);
	}
	assert.equal((await audit()).length, before);
});

test("a viewer changes nothing by any form, and an owner only what is his", async (context) => {
	const { post, of, fill, cookieOf, audit } = await openTable(context);
	const changes = async (): Promise<number> =>
		(await audit()).filter(({ action }) => action !== "session.begin").length;
	for (const [name, may] of [
		["victor", own],
		["bob", [...own, ...owners]],
	] as const) {
		const before = await changes();
		for (const path of of("POST").filter((one) => ![...open, ...may].includes(one))) {
			const { status } = await post(fill(path), { sure: "yes" }, await cookieOf(name));
			// To an owner, the device of another is none.
			assert.ok(status === 403 || (name === "bob" && status === 404), name + " " + path);
		}
		const others = await post(fill("/devices/:uuid/release"), {}, await cookieOf(name));
		assert.equal(others.status, name === "bob" ? 404 : 403, "alice's device");
		assert.equal(await changes(), before, name);
	}
});

test("no page is kept, framed, or taken for something else", async (context) => {
	const { get, of, fill, cookieOf } = await openTable(context);
	const cookie = await cookieOf("root");
	const pages = of("GET").filter((path) => !/assets|^\/$|\/events/.test(path));
	const api = [apiPath + "/users", apiPath + "/users/none", apiPath + "/session", apiPath + "/x"];
	const others = ["/metrics", "/readyz", "/nothing", apiPath + "/openapi.json"];
	for (const path of [...pages, ...api, ...others]) {
		for (const headers of [cookie, {}]) {
			const { headers: got } = await get(fill(path), headers);
			assert.equal(got.get("cache-control"), "no-store", path);
			assert.equal(got.get("x-content-type-options"), "nosniff", path);
			assert.equal(got.get("access-control-allow-origin"), null, path);
			if (!(got.get("content-type") ?? "").startsWith("text/html")) continue;
			const policy = got.get("content-security-policy") ?? "";
			assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/, path);
		}
	}
});

test("what somebody has named is text wherever it comes by", async (context) => {
	const { service, get, post, of, fill, cookieOf, claimed, clock, send } = await openTable(context);
	const hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e";
	const { platform, owner } = await service.products.show(product);
	await service.products.set(product, { title: hostile.slice(0, 60), platform, owner });
	await service.batches.add({ name: "odd", product, quota: 1, label: hostile.slice(0, -1) });
	await service.sessions.begin("root", { ...visitor, agent: hostile });
	const { device } = await claimed("bob");
	const { token } = await service.tokens.addProvisioning();
	// What a device says of itself, and asks for.
	for (const draft of [
		device.activate(hostile),
		device.claim(hostile),
		createDevice(clock).provision(token, {}, { platform: hostile }),
		createDevice(clock).provision(token, {}, { hardware: hostile, version: hostile }),
	]) {
		await send(draft); // Hardware that is no MAC is taken as it is.
	}
	const cookie = await cookieOf("root");
	const devices = (await service.devices.list()).map(({ uuid }) => "/devices/" + uuid);
	const paths = of("GET").filter((one) => !/assets|events|file$|^\/$/.test(one));
	for (const path of [...paths, ...devices]) {
		const query = "?" + new URLSearchParams({ owner: hostile, after: hostile, actor: hostile });
		for (const place of [fill(path), fill(path) + query, path.replace(/:\w+/g, hostile)]) {
			const answer = await get(encodeURI(place), cookie);
			const text = await answer.text();
			// A problem is JSON, and no browser takes it for anything else.
			if (!answer.headers.get("content-type")?.startsWith("text/html")) continue;
			assert.doesNotMatch(text, /<script>|<img/, place);
			// In a field it stays as it is.
			assert.doesNotMatch(text.replace(/value="[^"]*"/g, ""), /\u202e/, place);
		}
	}
	// What comes back in a form that was refused.
	const sent = { code: hostile, title: hostile, platform: hostile, owner: hostile, name: hostile };
	for (const path of ["/products", "/batches", "/users", "/log-in", `/products/${product}/set`]) {
		const text = await (await post(path, { ...sent, password }, cookie)).text();
		assert.doesNotMatch(text, /<script>|<img/, path);
	}
	// What goes into a page that is open.
	const on = new URLSearchParams([
		["on", "batch:odd"],
		["on", "devices?"],
	]);
	const reader = (await get("/events?" + on, cookie)).body
		?.pipeThrough(new TextDecoderStream())
		.getReader();
	let events = "";
	while (!events.includes("odd") && !events.includes("alert(1)")) {
		events += (await reader?.read())?.value ?? "";
	}
	await reader?.cancel();
	assert.doesNotMatch(events, /<script>|<img/);
});

test("nobody is sent elsewhere, and no name gets into a head", async (context) => {
	const { get, post, fill, of, cookieOf, service } = await openTable(context);
	const { token } = await service.users.invite("root");
	await service.sessions.acceptInvite(token, password, visitor);
	const evil = "https://evil.example/";
	for (const path of ["/log-in?next=" + evil, "/log-in?redirect=//evil.example", "/log-in"]) {
		const { status, headers } = await post(path, { name: "root", password });
		assert.deepEqual([status, headers.get("location")], [303, "/devices"], path);
	}
	for (const way of [
		evil,
		"//evil.example",
		"/\\evil.example",
		"/%2fevil",
		"javascript:1",
		"/ /",
	]) {
		const kept = { ...ownPage, cookie: "opendms-8444-next=" + encodeURIComponent(way) };
		const { headers } = await post("/log-in", { name: "root", password }, kept);
		assert.equal(headers.get("location"), "/devices", way);
	}
	const cookie = await cookieOf("root");
	const line = "%0d%0aset-cookie:%20a=b";
	const odd = ["//evil.example", "//evil.example/..", "/%2f%2fevil.example"];
	for (const path of [...of("GET"), ...odd]) {
		for (const place of [fill(path), path.replace(/:\w+/g, line)]) {
			const { headers, body } = await get(place, cookie);
			await body?.cancel();
			assert.match(headers.get("location") ?? "/x", /^\/[^/\\]/, place);
			assert.doesNotMatch([...headers].join("\n"), /a=b|evil/, place);
		}
	}
	const added = await post("/users", { name: "eve", role: "owner" }, cookie);
	assert.equal(added.headers.get("location"), "/users/eve");
});

test("no cell of a file for spreadsheets is a formula", async (context) => {
	const { post, cookieOf } = await openTable(context);
	const response = await post("/tokens/csv", { count: "200" }, await cookieOf("root"));
	assert.equal(response.headers.get("content-disposition"), 'attachment; filename="tokens.csv"');
	const lines = (await response.text()).trimEnd().split("\n");
	assert.equal(lines.length, 201);
	for (const line of lines) {
		for (const cell of line.split(",")) assert.match(cell, /^[a-z0-9][^"]*$/);
	}
});

test("a token of the API is no log-in on the page, and isn't shown again", async (context) => {
	const { get, service, cookieOf, audit } = await openTable(context);
	const { token } = await service.apiTokens.add({ name: "ci", role: "admin" });
	const bearer = { authorization: "Bearer " + token, ...ownPage };
	assert.equal((await get("/devices", bearer)).status, 303);
	const api = createApi(service);
	const cookie = await cookieOf("root");
	for (const path of ["/api-tokens", "/audit"]) {
		assert.ok(!(await (await get(path, cookie)).text()).includes(token), path);
		const response = await api.request(origin + apiPath + path, { headers: bearer });
		assert.equal(response.status, 200);
		assert.ok(!(await response.text()).includes(token), path);
	}
	assert.ok(!JSON.stringify(await audit()).includes(token));
});

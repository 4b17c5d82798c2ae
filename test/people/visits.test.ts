/** What browsers are given, and how it is known where they are. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openPeople, ownPage, password } from "./people.js";

const logIn = { name: "alice", password };

test("a cookie is for this host alone, and no script sees it", async (context) => {
	const local = await openPeople(context);
	await local.withPassword("alice");
	const { headers } = await local.ask("POST", "/session", logIn);
	assert.match(
		headers.get("set-cookie") ?? "",
		/^opendms-8444=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
	);
	for (const [options, origin] of [
		[{}, "https://dms.example.com"],
		[{ pageUrl: "https://dms.example.com" }, "http://127.0.0.1:8444"],
	] as const) {
		const secure = await openPeople(context, options, origin);
		await secure.withPassword("alice");
		const { headers, cookie } = await secure.ask("POST", "/session", logIn);
		assert.match(
			headers.get("set-cookie") ?? "",
			/^__Host-opendms=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
		);
		const shown = await secure.ask("GET", "/session", undefined, { cookie });
		assert.equal(shown.value["name"], "alice");
		// A page of another host of the domain could have set one without the prefix.
		const bare = cookie.replace("__Host-", "");
		assert.equal((await secure.ask("GET", "/session", undefined, { cookie: bare })).status, 401);
	}
});

test("behind a proxy, its own address is what a browser says it is", async (context) => {
	const pageUrl = "https://dms.example.com";
	const { ask, cookieOf } = await openPeople(context, { pageUrl }, "http://127.0.0.1:8444");
	const cookie = (await cookieOf("root", "admin")).replace("opendms-8444", "__Host-opendms");
	for (const [origin, status] of [
		[pageUrl, 200],
		["http://127.0.0.1:8444", 403],
		["http://dms.example.com", 403],
		["https://dms.example.com:8443", 403],
	] as const) {
		const name = "user-" + status + origin.length;
		assert.equal(
			(await ask("POST", "/users", { name }, { origin, cookie })).status,
			status,
			origin,
		);
	}
});

test("whoever logs in from another page's form isn't logged in", async (context) => {
	const { ask, withPassword } = await openPeople(context);
	await withPassword("alice");
	for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }]) {
		const { status, value, cookie } = await ask("POST", "/session", logIn, headers);
		assert.deepEqual([status, value["rule"], cookie], [403, "origin", ""]);
	}
	// A program that has neither a page nor a cookie may.
	assert.equal((await ask("POST", "/session", logIn, {})).status, 200);
});

test("a client's address is the proxy's word only where one is trusted", async (context) => {
	const forwarded = { ...ownPage, "x-forwarded-for": "203.0.113.9, 198.51.100.7" };
	for (const [trustsProxy, address] of [
		[true, "198.51.100.7"],
		[false, "127.0.0.1"],
	] as const) {
		const { ask, withPassword, service } = await openPeople(context, { trustsProxy });
		await withPassword("alice");
		assert.equal((await ask("POST", "/session", logIn, forwarded)).status, 200);
		const addresses = (await service.sessions.list("alice")).map((one) => one.address);
		assert.ok(addresses.includes(address), addresses.join());
	}
});

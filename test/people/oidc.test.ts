/** People log in by an identity provider, which is a real one: and what is refused on the way. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { oidcPath } from "../../hosts/dms/people/oidc-routes.js";
import { createOidc } from "../../hosts/dms/people/oidc.js";
import { type OidcSettings, readOidcSettings } from "../../hosts/dms/people/oidc-settings.js";
import { Visits } from "../../hosts/dms/people/visits.js";
import { openBench } from "../dms/bench.js";
import { createClock } from "../dms/clock.js";
import { createTool } from "../dms/tool.js";
import { clientId, clientSecret, startProvider } from "./provider.js";

const page = "http://127.0.0.1:8444";

interface Back {
	readonly status: number;
	readonly rule: string;
	readonly detail: string;
	/** The session's cookie. */
	readonly cookie: string;
}

async function open(
	context: TestContext,
	changed: Partial<OidcSettings> = {},
	{ idTokenSeconds = 3_600, ahead = 0 } = {},
) {
	const bench = await openBench(context, createClock(Date.now() + ahead * 1_000));
	const { service } = bench;
	const provider = await startProvider(context, page, idTokenSeconds);
	const { issuer } = provider;
	const scope = "openid email profile";
	const settings = { issuer, clientId, clientSecret, name: "Test", scope, ...changed };
	const oidc = createOidc(service.sessions, settings, service);
	const api = createApi(service, { oidc, visits: new Visits(service.sessions) });
	/** Goes to the provider; resolves with where, and what the browser keeps meanwhile. */
	const begin = async () => {
		const response = await api.request(page + oidcPath);
		const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
		return { url: response.headers.get("location") ?? "", cookie, response };
	};
	const back = async (url: URL, cookie: string): Promise<Back> => {
		const response = await api.request(url.href, { headers: { cookie } });
		const cookies = response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
		const text = await response.text();
		const { rule = "", detail = "" } = text === "" ? {} : JSON.parse(text);
		const session = cookies.find((one) => one.startsWith("opendms-8444=")) ?? "";
		return { status: response.status, rule, detail, cookie: session };
	};
	const logIn = async (subject: string): Promise<Back> => {
		const { url, cookie } = await begin();
		return back(await provider.logIn(url, subject), cookie);
	};
	const who = async (cookie: string): Promise<unknown> =>
		(await api.request(page + "/api/v1/session", { headers: { cookie } })).json();
	return { ...bench, provider, oidc, api, begin, back, logIn, who };
}

function refused({ status, rule, detail, cookie }: Back, expected: RegExp): void {
	assert.deepEqual([status, rule, cookie], [401, "log-in", ""]);
	assert.match(detail, expected);
}

test("who was invited by a verified address logs in, and is known then", async (context) => {
	const { provider, logIn, service, who } = await open(context);
	await service.users.add("carol", { role: "operator", email: "Carol@Example.com" });
	provider.accounts.set("c-1", { email: "carol@example.com", email_verified: true });
	const first = await logIn("c-1");
	assert.equal(first.status, 302);
	const carol = { kind: "user", name: "carol", role: "operator", user: "carol" };
	assert.deepEqual(await who(first.cookie), carol);
	// Another address there, and none at all: the provider's own name for her counts.
	for (const account of [{ email: "carol@other.example", email_verified: true }, {}]) {
		provider.accounts.set("c-1", account);
		assert.deepEqual(await who((await logIn("c-1")).cookie), carol);
	}
	// Somebody else gets her old address there.
	provider.accounts.set("c-2", { email: "carol@example.com", email_verified: true });
	refused(await logIn("c-2"), /carol@example\.com is nobody here yet\. An admin lets you in/);
	// An admin says that she is another one now.
	await service.users.setEmail("carol", "c2@example.com");
	refused(await logIn("c-1"), /You are nobody here yet/);
	const listed = (await service.users.list()).find(({ name }) => name === "carol");
	assert.deepEqual([listed?.email, listed?.hasIdentity], ["c2@example.com", false]);
});

test("who wanted to go somewhere is there once the provider has let him in", async (context) => {
	const { provider, begin, api } = await open(context, { defaultRole: "viewer" });
	provider.accounts.set("1", {});
	const sent = await api.request(page + "/products");
	const [way = ""] = (sent.headers.get("set-cookie") ?? "").split(";");
	const { url, cookie } = await begin();
	const headers = { cookie: cookie + "; " + way };
	const back = await api.request((await provider.logIn(url, "1")).href, { headers });
	assert.deepEqual([back.status, back.headers.get("location")], [302, "/products"]);
});

test("an address that the provider hasn't verified lets nobody in", async (context) => {
	const { provider, logIn, service } = await open(context);
	await service.users.add("carol", { role: "admin", email: "carol@example.com" });
	provider.accounts.set("m", { email: "carol@example.com", email_verified: false });
	refused(await logIn("m"), /You are nobody here yet/);
	provider.accounts.set("m", { email: "carol@example.com" });
	refused(await logIn("m"), /You are nobody here yet/);
	await assert.rejects(service.users.add("dave", { email: "CAROL@example.com" }), {
		rule: "user-exists",
	});
});

test("newcomers get the role of the settings, and a name like theirs", async (context) => {
	const { provider, logIn, who, service, log } = await open(context, { defaultRole: "viewer" });
	provider.accounts.set("1", { preferred_username: "Zoë Q." });
	provider.accounts.set("2", { email: "alice@example.com", email_verified: true });
	provider.accounts.set("3", {});
	const hostile = '="><script>alert(1)</script>\u202e';
	provider.accounts.set("4", { preferred_username: hostile, email: hostile });
	for (const [subject, name] of [
		["1", "zo-q."],
		["2", "alice-2"],
		["3", "user"],
		["4", "script-alert-1-script"],
		["1", "zo-q."],
	] as const) {
		const caller = await who((await logIn(subject)).cookie);
		assert.deepEqual(caller, { kind: "user", name, role: "viewer", user: name });
	}
	const requests = log.map((entry) => JSON.stringify(entry)).join("\n");
	assert.match(requests, /"path":"\/oidc\/callback","status":302/);
	assert.doesNotMatch(requests, /code=|state=/);
	const entry = (await service.audit(100)).find(({ subject }) => subject === "user:alice-2");
	assert.match(entry?.actor ?? "", /^oidc:127\.0\.0\.1:/);
});

test("the provider's claim says what somebody may do, each time", async (context) => {
	const { provider, logIn, who } = await open(context, { roleClaim: "groups" });
	const roleOf = async (groups: string | readonly string[]): Promise<unknown> => {
		provider.accounts.set("1", { preferred_username: "carol", groups });
		return Object(await who((await logIn("1")).cookie)).role;
	};
	assert.equal(await roleOf(["staff", "viewer", "publisher"]), "publisher");
	const before = await logIn("1");
	assert.equal(await roleOf("admin"), "admin");
	assert.equal(Object(await who(before.cookie)).rule, "token", "sessions of the old role end");
	assert.equal(await roleOf(["staff"]), "admin", "who isn't told a role keeps his");
	provider.accounts.set("2", { groups: ["staff"] });
	refused(await logIn("2"), /nobody here yet/);
});

test("what comes back must be what was asked for, by the browser that asked", async (context) => {
	const { provider, begin, back, clock } = await open(context, { defaultRole: "viewer" });
	provider.accounts.set("1", {});
	const round = async () => {
		const { url, cookie } = await begin();
		return { cookie, url: await provider.logIn(url, "1") };
	};
	const changed = (url: URL, name: string, value: string): URL => {
		const copy = new URL(url);
		copy.searchParams.set(name, value);
		return copy;
	};
	const good = await round();
	refused(await back(good.url, ""), /began in another browser/);
	refused(await back(changed(good.url, "state", "other"), good.cookie), /isn't what was asked/);
	refused(await back(changed(good.url, "iss", "https://evil.example"), good.cookie), /isn't what/);
	const other = await round();
	refused(await back(good.url, other.cookie), /isn't what was asked/);
	// A code of one's own log-in, put into somebody else's.
	const code = other.url.searchParams.get("code") ?? "";
	refused(await back(changed(good.url, "code", code), good.cookie), /invalid_grant/);
	const [name, value = ""] = good.cookie.split("=");
	const parts = value.split(".");
	const nonce = await round();
	const swapped = nonce.cookie.split("=")[1]?.split(".") ?? [];
	const otherNonce = [swapped[0], parts[1], swapped[2], swapped[3]].join(".");
	refused(await back(nonce.url, name + "=" + otherNonce), /isn't what was asked.*nonce/);
	const otherVerifier = [parts[0], parts[1], "x".repeat(43), parts[3]].join(".");
	refused(await back(good.url, name + "=" + otherVerifier), /invalid_grant/);
	const fresh = await round();
	assert.equal((await back(fresh.url, fresh.cookie)).status, 302);
	refused(await back(fresh.url, fresh.cookie), /invalid_grant.*was used/);
	const denied = new URL(page + "/oidc/callback?error=access_denied&error_description=no");
	denied.searchParams.set("state", parts[0] ?? "");
	denied.searchParams.set("iss", provider.issuer);
	refused(await back(denied, good.cookie), /has refused: no\. Log in again\.$/);
	const late = await round();
	clock.advance(600);
	refused(await back(late.url, late.cookie), /took too long/);
});

test("a person whom the provider refuses reads why, and where to go", async (context) => {
	const { provider, begin, api } = await open(context);
	const { cookie } = await begin();
	const state = cookie.split("=")[1]?.split(".")[0] ?? "";
	const said = '"><script>alert(1)</script>\u202e';
	const asked = { error: "access_denied", error_description: said, state, iss: provider.issuer };
	const place = page + "/oidc/callback?" + new URLSearchParams(asked);
	const response = await api.request(place, { headers: { cookie, accept: "text/html" } });
	const text = await response.text();
	assert.equal(response.status, 401);
	assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
	assert.match(text, /role="alert">http[^<]* has refused: [^]*href="\/log-in"/);
	assert.doesNotMatch(text, /<script>|\u202e/);
});

test("what the provider says of somebody is good for its time only", async (context) => {
	const options = { idTokenSeconds: 30, ahead: 120 };
	const { provider, logIn } = await open(context, { defaultRole: "viewer" }, options);
	provider.accounts.set("1", {});
	refused(await logIn("1"), /isn't what was asked of/);
});

test("a provider that is away is told in a sentence, and a wrong secret", async (context) => {
	const { provider, begin, logIn } = await open(context, { clientSecret: "another one" });
	refused(await logIn("1"), /doesn't take this log-in: invalid_client/);
	const away = await open(context);
	await away.provider.close();
	const { response } = await away.begin();
	assert.equal(response.status, 503);
	assert.match(String(Object(await response.json()).detail), /can't be reached: .* Try later\.$/);
	assert.ok((await begin()).url.startsWith(provider.issuer));
});

test("a person logs out of the provider too", async (context) => {
	const { oidc } = await open(context);
	const url = new URL((await oidc.logOutUrl(page)) ?? "");
	assert.equal(url.searchParams.get("post_logout_redirect_uri"), page + "/");
	assert.equal((await fetch(url)).status, 200);
});

test("serve takes the provider from a file that only it reads", async (context) => {
	const tool = createTool(context);
	const { issuer } = await startProvider(context, page);
	const file = join(tool.folder, "oidc.json");
	const write = (value: object | string, mode = 0o600): void => {
		const text = typeof value === "string" ? value : JSON.stringify(value);
		writeFileSync(file, text, { mode });
	};
	write({ issuer, clientId }, 0o644);
	assert.equal(readOidcSettings(file, clientSecret).clientSecret, clientSecret);
	assert.throws(() => readOidcSettings(file, undefined), { message: /OPENDMS_OIDC_SECRET/ });
	for (const [value, message] of [
		["{", /no JSON/],
		[{ clientId }, /issuer/],
		[{ issuer, clientId, secret: "a" }, /secret/],
		[{ issuer: "http://id.example.com", clientId }, /in the clear/],
		[{ issuer, clientId, defaultRole: "boss" }, /defaultRole/],
		[{ issuer, clientId, clientSecret }, /chmod 600/],
	] as const) {
		write(value);
		assert.throws(() => readOidcSettings(file, "a"), { rule: "usage", message });
	}
	const own = join(tool.folder, "own.json");
	writeFileSync(own, JSON.stringify({ issuer, clientId, clientSecret }), { mode: 0o600 });
	const words = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0", "--json"];
	const serving = await tool.serve(...words, "--oidc", own);
	const { page: url }: { page: string } = JSON.parse(serving.line);
	const response = await fetch(url + "/oidc/log-in", { redirect: "manual" });
	const location = new URL(response.headers.get("location") ?? "");
	assert.equal(location.searchParams.get("redirect_uri"), url + "/oidc/callback");
	assert.equal(location.searchParams.get("code_challenge_method"), "S256");
	assert.match(response.headers.get("set-cookie") ?? "", /^opendms-\d+-oidc=.*HttpOnly/);
	await serving.stop();
});

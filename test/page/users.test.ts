/** Users, one's own account, and API tokens on the page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { browserIn } from "../../hosts/dms/page/browser-name.js";
import { roles } from "../../hosts/dms/storage/schema.js";
import { openPages } from "./visit.js";

const password = "correct horse battery";
const visitor = { address: "192.0.2.1", agent: "test" };

test("a user is added, invited by a link, changed and removed", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const root = await visitorOf("root", "admin");
	const added = await root.post("/users", { name: "dave", role: "viewer" });
	assert.deepEqual([added.status, added.headers.get("location")], [303, "/users/dave"]);
	assert.match((await root.get("/users")).text, /href="\/users\/dave"[^]*nothing yet/);
	const { text } = await root.post("/users/dave/invite", { days: "2" });
	const [, token = ""] = /<pre>http:\/\/[^<#]*\/invite#([\w-]+)<\/pre>/.exec(text) ?? [];
	assert.doesNotMatch((await root.get("/users/dave")).text, /invite#/);
	await service.sessions.acceptInvite(token, password, visitor);
	assert.equal((await root.post("/users/dave/role", { role: "operator" })).status, 303);
	assert.equal((await root.post("/users/dave/email", { email: "dave@example.com" })).status, 303);
	const { role, email } = await service.users.show("dave");
	assert.deepEqual([role, email], ["operator", "dave@example.com"]);
	assert.equal((await root.post("/users/dave/email", {})).status, 303);
	assert.equal((await service.users.show("dave")).email, null);
	const removed = await root.post("/users/dave/remove");
	assert.equal(removed.headers.get("location"), "/users");
	assert.equal((await root.get("/users/dave")).status, 404);
});

test("what is wrong with a user is said beside its form", async (context) => {
	const { service, visitorOf, claimed } = await openPages(context);
	const root = await visitorOf("root", "admin");
	await claimed("alice");
	for (const [path, fields, message] of [
		["/users", { name: "not a name", role: "viewer" }, /letters: a-z[^]*value="not a name"/],
		["/users", { name: "alice", role: "viewer" }, /There is a user alice/],
		["/users/alice/invite", { days: "31" }, /1 second to 30 days[^]*value="31"/],
		["/users/alice/email", { email: "odd" }, /as alice@example.com[^]*value="odd"/],
		["/users/alice/remove", {}, /alice owns ACME-LAMP/],
	] as const) {
		const { status, text } = await root.post(path, fields);
		assert.ok(status >= 400 && status < 500, path);
		assert.match(text, message);
	}
	assert.equal((await service.users.show("alice")).hasPassword, false);
});

test("each may on the page what he may by the API", async (context) => {
	const { service, visitorOf } = await openPages(context);
	for (const role of roles) {
		const one = await visitorOf(role, role);
		const list = await one.get("/users");
		assert.equal(list.status, role === "owner" ? 403 : 200, role);
		const manages = role === "admin" || role === "operator";
		assert.equal(list.text.includes("Add a user"), manages, role);
		for (const [path, fields, may] of [
			["/users", { name: "new-" + role }, manages],
			["/users/bob/invite", {}, manages],
			["/users/bob/role", { role: "owner" }, role === "admin"],
			["/users", { name: "boss-" + role, role: "admin" }, role === "admin"],
			["/users/root/remove", {}, false],
			["/api-tokens", { name: "ci-" + role, role: "viewer" }, role === "admin"],
		] as const) {
			const { status } = await one.post(path, fields);
			assert.equal(status < 400, may, `${role} ${path} ${status}`);
		}
		assert.equal((await one.get("/api-tokens")).status, role === "admin" ? 200 : 403);
		assert.equal((await one.get("/account")).status, 200);
	}
	assert.equal((await service.apiTokens.list()).length, 1);
});

test("one sees where one is logged in, ends it, and changes the password", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const bob = await visitorOf("bob");
	const other = await visitorOf("bob");
	const { token } = await service.users.invite("bob");
	const page = (await bob.get("/account")).text;
	const [, id = ""] = /\/account\/sessions\/([0-9a-f]+)\/end/.exec(page) ?? [];
	assert.match(page, /this one/);
	const alice = await visitorOf("alice");
	assert.equal((await alice.post(`/account/sessions/${id}/end`)).status, 404, "another's");
	assert.equal((await bob.post(`/account/sessions/${id}/end`)).status, 303);
	assert.equal((await other.get("/account")).headers.get("location"), "/log-in");
	await service.sessions.acceptInvite(token, password, visitor);
	const again = await visitorOf("bob");
	const wrong = { current: "wrong horse battery", wanted: "another horse battery" };
	const refused = await again.post("/account/password", wrong);
	assert.equal(refused.status, 401);
	assert.match(refused.text, /role="alert"/);
	assert.doesNotMatch(refused.text, /horse/, "a password isn't sent back");
	const changed = await again.post("/account/password", { ...wrong, current: password });
	assert.equal(changed.status, 303);
	assert.match(changed.headers.get("set-cookie") ?? "", /opendms-8444=/);
	assert.equal((await again.get("/account")).status, 303, "the sessions of before have ended");
	assert.ok(await service.sessions.logIn("bob", "another horse battery", visitor));
});

test("an API token is shown once, and does nothing when it is revoked", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const root = await visitorOf("root", "admin");
	const { text } = await root.post("/api-tokens", { name: "ci", role: "publisher", days: "7" });
	const [, token = ""] = /<pre>(opendms_[^<]+)<\/pre>/.exec(text) ?? [];
	assert.equal((await service.apiTokens.find(token))?.role, "publisher");
	const list = (await root.get("/api-tokens")).text;
	assert.match(list, /ci[^]*publisher[^]*>root</);
	assert.ok(!list.includes(token));
	const twice = await root.post("/api-tokens", { name: "ci", role: "owner", days: "7" });
	assert.match(twice.text, /role="alert"[^]*value="ci"/);
	assert.match((await root.post("/api-tokens/ci/revoke")).text, /for good\.[^]*Yes: Revoke/);
	assert.equal((await root.post("/api-tokens/ci/revoke", { sure: "yes" })).status, 303);
	assert.equal(await service.apiTokens.find(token), undefined);
});

test("a session is known by its browser, and a token by who has made it", async (context) => {
	const { service, visitorOf } = await openPages(context);
	const root = await visitorOf("root", "admin");
	await service.apiTokens.add({ name: "ci", role: "viewer" });
	assert.match((await root.get("/api-tokens")).text, /somebody on the service&#39;s machine/);
	const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ";
	for (const [agent, name] of [
		[chrome + "Chrome/140.0.0.0 Safari/537.36", "Chrome 140 on Linux"],
		[chrome + "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge 140 on Linux"],
		[
			"Mozilla/5.0 (Windows NT 10.0; rv:141.0) Gecko/20100101 Firefox/141.0",
			"Firefox 141 on Windows",
		],
		[
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 " +
				"(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
			"Safari 18 on iPhone",
		],
		["curl/8.14.1", "curl/8.14.1"],
	] as const) {
		assert.equal(browserIn(agent), name);
	}
});

/** Who may change who may do what. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Role } from "../../hosts/dms/storage/schema.js";
import { openPeople, ownPage } from "./people.js";

test("an operator looks after owners, and makes nobody more than that", async (context) => {
	const { ask, cookieOf, withPassword, service } = await openPeople(context);
	await withPassword("root", "admin");
	await service.users.add("victor", { role: "viewer" });
	const headers = { ...ownPage, cookie: await cookieOf("otto", "operator") };
	for (const [method, path, body, status] of [
		["POST", "/users", { name: "dave" }, 200],
		["POST", "/users", { name: "erin", role: "admin" }, 403],
		["POST", "/users", { name: "erin", role: "operator" }, 403],
		["PUT", "/users/otto/role", { role: "admin" }, 403],
		["PUT", "/users/dave/role", { role: "viewer" }, 403],
		["POST", "/users/dave/invite", {}, 200],
		["POST", "/users/root/invite", {}, 403],
		["POST", "/users/victor/invite", {}, 403],
		["DELETE", "/users/root", undefined, 403],
		["DELETE", "/users/dave", undefined, 200],
	] as const) {
		assert.equal((await ask(method, path, body, headers)).status, status, method + " " + path);
	}
	const roles = (await service.users.list()).map(({ name, role }) => name + " " + role);
	assert.deepEqual(roles, [
		"alice owner",
		"bob owner",
		"otto operator",
		"root admin",
		"victor viewer",
	]);
});

test("a role is one of five, and an address is one", async (context) => {
	const { service } = await openPeople(context);
	const boss: string = "boss";
	await assert.rejects(service.users.setRole("alice", boss as Role), {
		message: /^A role is one of: admin, publisher, operator, viewer, owner$/,
	});
	for (const email of ["alice", "a b@example.com", "@example.com", "a@b@c"]) {
		await assert.rejects(service.users.setEmail("alice", email), { rule: "name" }, email);
	}
	await assert.rejects(service.users.invite("alice", { lifeSeconds: 31 * 86_400 }), {
		message: /30 days/,
	});
});

test("the last admin who can log in stays, except on the machine itself", async (context) => {
	const { ask, cookieOf, withPassword, service } = await openPeople(context);
	await withPassword("root", "admin");
	// She has no password: nobody could log in as her.
	await service.users.add("ada", { role: "admin" });
	const headers = { ...ownPage, cookie: await cookieOf("root") };
	const { token } = await service.apiTokens.add({ name: "ci", role: "admin" });
	for (const [method, path, body] of [
		["PUT", "/users/root/role", { role: "viewer" }],
		["DELETE", "/users/root", undefined],
	] as const) {
		for (const as of [headers, { authorization: "Bearer " + token }]) {
			const { status, value } = await ask(method, path, body, as);
			assert.deepEqual([status, value["rule"]], [409, "admin-last"]);
			assert.match(String(value["detail"]), /root is the last admin/);
		}
	}
	await withPassword("ada");
	const fresh = { ...ownPage, cookie: await cookieOf("root") };
	assert.equal((await ask("PUT", "/users/root/role", { role: "viewer" }, fresh)).status, 200);
	assert.equal((await ask("GET", "/session", undefined, fresh)).status, 401);
	await service.users.remove("ada");
});

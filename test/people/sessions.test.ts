/** Who logs in, for how long it holds, and what ends it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { secondsPerDay } from "../dms/clock.js";
import { openPeople, ownPage, password, visitor } from "./people.js";

const other = "another horse, no battery";

test("a user sets a password by an invitation, once, and logs in by it", async (context) => {
	const { service } = await openPeople(context);
	const { sessions, users } = service;
	await assert.rejects(sessions.logIn("alice", password, visitor), { rule: "log-in" });
	const { token, link } = await users.invite("alice");
	assert.ok(link.endsWith("/invite#" + token));
	assert.deepEqual(await sessions.findInvite(token), { name: "alice", role: "owner" });
	const set = await sessions.acceptInvite(token, password, visitor);
	assert.equal((await sessions.find(set.cookie))?.caller.name, "alice");
	assert.equal(await sessions.findInvite(token), undefined);
	const again = sessions.acceptInvite(token, other, visitor);
	await assert.rejects(again, { rule: "invite-unknown" });
	// A phone writes the first letter large.
	const { session, cookie } = await sessions.logIn("Alice", password, visitor);
	const caller = { kind: "user", name: "alice", role: "owner", user: "alice" };
	assert.deepEqual(session.caller, caller);
	assert.notEqual(cookie, set.cookie);
	assert.equal((await users.list()).find(({ name }) => name === "alice")?.hasPassword, true);
});

test("of two who use an invitation at once, one sets the password", async (context) => {
	const { service } = await openPeople(context);
	const { token } = await service.users.invite("alice");
	const results = await Promise.allSettled(
		[password, other].map((text) => service.sessions.acceptInvite(token, text, visitor)),
	);
	assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
	assert.equal((await service.sessions.list("alice")).length, 1);
});

test("an invitation ends with its time, with the next one, and with its user", async (context) => {
	const { service, clock } = await openPeople(context);
	const { sessions, users } = service;
	const first = await users.invite("bob");
	const second = await users.invite("bob", { lifeSeconds: 60 });
	assert.equal(await sessions.findInvite(first.token), undefined);
	assert.equal((await sessions.findInvite(second.token))?.name, "bob");
	clock.advance(60);
	for (const { token } of [first, second]) {
		assert.equal(await sessions.findInvite(token), undefined);
		await assert.rejects(sessions.acceptInvite(token, password, visitor), {
			rule: "invite-unknown",
		});
	}
	const third = await users.invite("bob");
	await users.remove("bob");
	assert.equal(await sessions.findInvite(third.token), undefined);
	await assert.rejects(users.invite("bob"), { rule: "user-unknown" });
});

test("a session ends when it isn't used for half a day, and after 30 days", async (context) => {
	const { service, clock } = await openPeople(context);
	const { sessions } = service;
	const { cookie } = await sessions.begin("alice", visitor);
	clock.advance(secondsPerDay / 2);
	assert.equal(await sessions.find(cookie), undefined);
	const used = await sessions.begin("alice", visitor);
	for (let quarter = 1; quarter < 30 * 4; quarter++) {
		clock.advance(secondsPerDay / 4);
		assert.ok(await sessions.find(used.cookie), "after " + quarter / 4 + " days");
	}
	clock.advance(secondsPerDay / 4);
	assert.equal(await sessions.find(used.cookie), undefined);
	assert.deepEqual(await sessions.list("alice"), []);
});

test("another role, another password and the end of a user end sessions", async (context) => {
	const { service, withPassword } = await openPeople(context);
	const { sessions, users } = service;
	const isOver = async ({ cookie }: { cookie: string }) =>
		(await sessions.find(cookie)) === undefined;
	const bystander = await sessions.begin("bob", visitor);
	const promoted = await sessions.begin("alice", visitor);
	await users.setRole("alice", "operator");
	assert.ok(await isOver(promoted));
	await withPassword("alice");
	const elsewhere = await sessions.logIn("alice", password, visitor);
	const wrong = sessions.changePassword("alice", other, "a new one, a long one", visitor);
	await assert.rejects(wrong, { rule: "log-in" });
	assert.ok(!(await isOver(elsewhere)));
	const changed = await sessions.changePassword("alice", password, other, visitor);
	assert.ok(await isOver(elsewhere));
	assert.ok(!(await isOver(changed)));
	await withPassword("alice");
	assert.ok(await isOver(changed), "a forgotten password may be a stolen one");
	assert.ok(!(await isOver(bystander)));
	await users.remove("bob");
	assert.ok(await isOver(bystander));
});

test("a user sees his sessions and ends them, and nobody else's", async (context) => {
	const { ask, cookieOf } = await openPeople(context);
	const [mine, old, others] = [
		await cookieOf("alice"),
		await cookieOf("alice"),
		await cookieOf("bob"),
	];
	const as = (cookie: string) => ({ cookie, ...ownPage });
	const list = async (cookie: string): Promise<{ id: string; isThis: boolean }[]> =>
		Object(await ask("GET", "/sessions", undefined, as(cookie))).value;
	const all = await list(mine);
	assert.deepEqual(all.map(({ isThis }) => isThis).sort(), [false, true]);
	const [stale] = all.filter(({ isThis }) => !isThis);
	const [foreign] = await list(others);
	const end = async (id = "") =>
		(await ask("DELETE", "/sessions/" + id, undefined, as(mine))).status;
	assert.equal(await end(foreign?.id), 404);
	assert.equal((await list(others)).length, 1);
	assert.equal(await end(stale?.id), 200);
	assert.equal((await ask("GET", "/session", undefined, as(old))).status, 401);
	const out = await ask("DELETE", "/session", undefined, as(mine));
	assert.equal(out.status, 200);
	assert.match(out.headers.get("set-cookie") ?? "", /^opendms-8444=; Max-Age=0/);
	assert.equal((await ask("GET", "/session", undefined, as(mine))).status, 401);
});

test("what a person does is done in his name", async (context) => {
	const { ask, cookieOf, service, log } = await openPeople(context);
	const cookie = await cookieOf("carol", "admin");
	assert.equal((await ask("POST", "/users", { name: "dave" }, { cookie, ...ownPage })).status, 200);
	const [entry] = (await service.audit(1)).slice(-1);
	assert.deepEqual([entry?.actor, entry?.subject], ["user:carol", "user:dave"]);
	assert.deepEqual(Object(log.at(-1)).who, "user:carol");
	await ask("POST", "/api-tokens", { name: "ci", role: "publisher" }, { cookie, ...ownPage });
	await service.users.remove("carol");
	// What she made for programs goes on, and it is seen whose it was.
	const [token] = await service.apiTokens.list();
	assert.deepEqual([token?.name, token?.addedBy], ["ci", "user:carol"]);
});

test("a session of a clock that was ahead is none until then, and isn't gone", async (context) => {
	const { service, clock } = await openPeople(context);
	const { sessions } = service;
	const year = 365 * secondsPerDay;
	clock.advance(year);
	const { cookie } = await sessions.begin("alice", visitor);
	clock.advance(-3_600);
	assert.equal((await sessions.find(cookie))?.caller.name, "alice", "it was put right a little");
	clock.advance(3_600 - year);
	assert.equal(await sessions.find(cookie), undefined);
	assert.deepEqual(await sessions.list("alice"), []);
	const now = await sessions.begin("alice", visitor);
	assert.deepEqual(
		(await sessions.list("alice")).map(({ id }) => id),
		[now.session.id],
	);
	clock.advance(year);
	assert.equal((await sessions.find(cookie))?.caller.name, "alice", "that time was right");
});

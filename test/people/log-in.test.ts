/** What those meet who try to log in as somebody else. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Core } from "../../hosts/dms/core.js";
import { OperatorError } from "../../hosts/dms/operator-error.js";
import { type Attempt, LogInLimits, LogInWait } from "../../hosts/dms/people/log-in-limits.js";
import { newPasswordIn, passwordIn } from "../../hosts/dms/people/password.js";
import { createPasswordHashes } from "../../hosts/dms/people/password-hash.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory, openDatabase } from "../../hosts/dms/storage/database.js";
import { createWriter } from "../../hosts/dms/storage/writer.js";
import { createTool } from "../dms/tool.js";
import { openPeople, ownPage, password, visitor } from "./people.js";

test("whoever fails to log in hears the same, whether there is such a user", async (context) => {
	const { ask, withPassword, service } = await openPeople(context);
	await withPassword("alice");
	const answers = [];
	for (const [name, text] of [
		["alice", "wrong password, it is"],
		["bob", password],
		["nobody", password],
		["not even a name!", password],
		["alice", ""],
		["alice", "x".repeat(2_000)],
	]) {
		const { status, value, headers } = await ask("POST", "/session", { name, password: text });
		answers.push({ status, value, cookie: headers.get("set-cookie") });
	}
	for (const answer of answers) assert.deepEqual(answer, answers[0]);
	assert.deepEqual([answers[0]?.status, answers[0]?.value["rule"]], [401, "log-in"]);
	await service.users.add("carol"); // What was written before is there then.
	const entries = (await service.audit(100)).filter(({ rule }) => rule === "log-in");
	// What was typed as a name may be a password; what is repeated is written once an hour.
	assert.deepEqual(entries.map(({ subject }) => subject).sort(), ["user:(unknown)", "user:alice"]);
});

test("a password is the same however a keyboard writes it", async () => {
	assert.equal(passwordIn("Zürich is a town"), passwordIn("Zu\u0308rich is a town"));
	assert.equal(passwordIn("ﬁve large ﬁshes"), passwordIn("five large fishes"));
	assert.notEqual(passwordIn("zürich is a town"), passwordIn("Zürich is a town"));
});

test("a password of ten megabytes is looked at no further", () => {
	const long = "ﷺ".repeat(10 * 2 ** 20);
	assert.equal(passwordIn(long), undefined);
	assert.throws(() => newPasswordIn(long, "alice"), { rule: "password", message: /at most 256/ });
});

test("what everybody would try first can't be a password", () => {
	for (const text of [
		"",
		"short",
		"aaaaaaaaaaaaaaaa",
		"123412341234",
		"alicealice12",
		"x".repeat(257),
	]) {
		assert.throws(() => newPasswordIn(text, "alice"), { rule: "password" }, text);
	}
	for (const text of [password, "пароль из слов", "🦔🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔"]) {
		assert.equal(newPasswordIn(text, "alice"), text);
	}
});

test("a hash says how it was made, and one of less cost is still good", async () => {
	const hashes = createPasswordHashes();
	const hash = await hashes.make(password);
	assert.match(hash, /^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
	assert.ok(await hashes.isRight(password, hash));
	assert.ok(!(await hashes.isRight(password + " ", hash)));
	assert.ok(!(await hashes.isRight("", undefined)));
	assert.ok(!hashes.isOutdated(hash));
	assert.ok(hashes.isOutdated(cheapHash));
	assert.ok(await hashes.isRight("an old password", cheapHash));
});

/** Of `an old password`, with N = 2^10, by Python's hashlib.scrypt. */
const cheapHash =
	"$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$qQApKjD3uJCYRgxm8S273C/xLvC9JL5cgvTkBBL8NgY";

test("many hashes at once wait for each other, and too many are refused", async () => {
	const hashes = createPasswordHashes({ ln: 10, r: 8, p: 1 });
	// A name that nobody has costs the same: it waits in the same line.
	const ofNobody = Array.from({ length: 55 }, () => hashes.isRight("a password", undefined));
	const ofSomebody = Array.from({ length: 55 }, () => hashes.isRight("a password", cheapHash));
	const results = await Promise.allSettled([...ofNobody, ...ofSomebody]);
	const refused = results.filter(({ status }) => status === "rejected");
	assert.equal(refused.length, 8);
	assert.ok(await hashes.isRight("an old password", cheapHash), "and then it goes on");
});

test("each failure beyond the fifth doubles the wait, up to 15 minutes", async (context) => {
	const limits = await openLimits(context);
	const attempt = { account: "alice", address: "192.0.2.1", isKnown: false };
	let time = 0;
	const waits: number[] = [];
	for (let index = 0; index < 20; index++) {
		const wait = await waitOf(limits, attempt, time);
		waits.push(wait);
		time += wait;
		if (wait > 0) await limits.begin(attempt, time);
	}
	assert.deepEqual(waits.slice(0, 5), [0, 0, 0, 0, 0]);
	assert.deepEqual(waits.slice(5, 16), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
	assert.equal(waits.at(-1), 900);
	time += 86_400;
	assert.equal(await waitOf(limits, attempt, time), 0);
});

test("many attempts at once are as many as one after the other", async (context) => {
	const limits = await openLimits(context);
	const attempt = { account: "alice", address: "192.0.2.1", isKnown: false };
	const begun = Array.from({ length: 100 }, () => waitOf(limits, attempt, 7));
	const waits = await Promise.all(begun);
	assert.equal(waits.filter((wait) => wait === 0).length, 5);
});

test("one address can't try all accounts, nor all addresses one account", async (context) => {
	const limits = await openLimits(context);
	const tries = async (of: (index: number) => { account: string; address: string }) => {
		let count = 0;
		for (let index = 0; index < 100; index++) {
			if ((await waitOf(limits, { ...of(index), isKnown: false }, 1)) === 0) count++;
		}
		return count;
	};
	assert.equal(await tries((index) => ({ account: "user" + index, address: "192.0.2.1" })), 20);
	assert.equal(await tries((index) => ({ account: "admin", address: "198.51.100." + index })), 50);
	// Of IPv6 a household has 2^64 addresses.
	assert.equal(
		await tries((index) => ({ account: "other" + index, address: "2001:db8::" + index })),
		20,
	);
});

test("whoever attacks an account keeps its owner out nowhere for long", async (context) => {
	const limits = await openLimits(context);
	for (let index = 0; index < 300; index++) {
		const address = `10.0.${index >> 8}.${index & 255}`;
		await waitOf(limits, { account: "admin", address, isKnown: false }, index);
	}
	const known = { account: "admin", address: "192.0.2.1", isKnown: true };
	assert.equal(await waitOf(limits, known, 300), 0);
	const fresh = { account: "admin", address: "192.0.2.2", isKnown: false };
	assert.ok((await waitOf(limits, fresh, 300)) <= 30);
});

test("who has an account of his own can't wash away his failures with it", async (context) => {
	const limits = await openLimits(context);
	const address = "192.0.2.1";
	let tries = 0;
	for (let index = 0; index < 50; index++) {
		const wait = await waitOf(limits, { account: "user" + index, address, isKnown: false }, 1);
		if (wait === 0) tries++;
		const own = { account: "mallory", address, isKnown: true };
		await limits.begin(own, 1).then(
			(succeed) => succeed(),
			() => undefined,
		);
	}
	assert.equal(tries, 20);
});

test("a clock that was a year ahead keeps nobody out for a year", async (context) => {
	const limits = await openLimits(context);
	const attempt = { account: "alice", address: "192.0.2.1", isKnown: false };
	const year = 365 * 86_400;
	for (let index = 0; index < 6; index++) await waitOf(limits, attempt, year);
	assert.equal(await waitOf(limits, attempt, 7), 0);
});

test("of failures ten thousand are kept, and none for longer than a day", async (context) => {
	const { database, writer } = await openStorage(context);
	const limits = new LogInLimits({ database, writer });
	const rows = Array.from({ length: 10_000 }, (_, index) => ({
		key: "address " + index,
		...{ failures: 1, at: 10 + index },
	}));
	for (let index = 0; index < rows.length; index += 500) {
		const some = rows.slice(index, index + 500);
		await database.insertInto("logInAttempts").values(some).execute();
	}
	const count = async () =>
		(await database.selectFrom("logInAttempts").select("key").execute()).length;
	await limits.begin({ account: "alice", address: "192.0.2.1", isKnown: false }, 10_020);
	assert.ok((await count()) <= 10_000);
	for (let index = 0; index < 4; index++) {
		const attempt = { account: "alice", address: "192.0.2.1", isKnown: false };
		await limits.begin(attempt, 200_000 + index);
	}
	assert.ok((await count()) <= 10_000 - 80);
});

test("services that have nothing in common but the database count together", async (context) => {
	const folder = createTool(context).folder;
	const services = [await openAt(context, folder), await openAt(context, folder)];
	const [first, second] = services;
	assert.ok(first !== undefined && second !== undefined);
	await first.users.add("alice");
	const { token } = await first.users.invite("alice");
	await first.sessions.acceptInvite(token, password, { address: "198.51.100.1", agent: "" });
	const rules: string[] = [];
	for (let index = 0; index < 8; index++) {
		const service = index % 2 === 0 ? first : second;
		const failed: unknown = await service.sessions
			.logIn("alice", "a wrong one", visitor)
			.catch((error: unknown) => error);
		rules.push(failed instanceof OperatorError ? failed.rule : "");
	}
	assert.deepEqual(rules, [...Array(5).fill("log-in"), ...Array(3).fill("log-in-wait")]);
	// From elsewhere the owner gets in, in either.
	const elsewhere = { address: "198.51.100.1", agent: "" };
	assert.ok(await second.sessions.logIn("alice", password, elsewhere));
});

test("who has to wait hears for how long, and his right password isn't tried", async (context) => {
	const { ask, withPassword, clock, service } = await openPeople(context);
	await withPassword("alice");
	for (const { id } of await service.sessions.list("alice"))
		await service.sessions.end("alice", id);
	// Attempts count when they begin: these hash nothing longer than they must.
	const wrong = { name: "alice", password: "wrong" };
	for (let index = 0; index < 6; index++) await ask("POST", "/session", wrong);
	const right = { name: "alice", password };
	const waiting = await ask("POST", "/session", right);
	assert.deepEqual([waiting.status, waiting.value["rule"]], [429, "log-in-wait"]);
	const seconds = Number(waiting.headers.get("retry-after"));
	assert.ok(seconds >= 1 && seconds <= 2);
	clock.advance(seconds);
	assert.equal((await ask("POST", "/session", right)).status, 200);
	// An invitation goes past all waits.
	for (let index = 0; index < 6; index++) await ask("POST", "/session", wrong);
	const { token } = await service.users.invite("alice");
	assert.ok(await service.sessions.acceptInvite(token, password, visitor));
});

test("a log-in makes a cookie of its own, whatever came with it", async (context) => {
	const { ask, withPassword, service } = await openPeople(context);
	await withPassword("alice");
	const given = "A".repeat(43);
	const headers = { ...ownPage, cookie: "opendms-8444=" + given };
	const { status, cookie } = await ask("POST", "/session", { name: "alice", password }, headers);
	assert.equal(status, 200);
	assert.notEqual(cookie, "opendms-8444=" + given);
	assert.equal(await service.sessions.find(given), undefined);
	// Who logs in again in the same browser leaves nothing open behind him.
	const before = (await service.sessions.list("alice")).length;
	await ask("POST", "/session", { name: "alice", password }, { ...ownPage, cookie });
	assert.equal((await service.sessions.list("alice")).length, before);
	assert.equal(await service.sessions.find(cookie.split("=")[1] ?? ""), undefined);
});

async function openStorage(context: TestContext): Promise<Pick<Core, "database" | "writer">> {
	const database = await openDatabase(memory);
	context.after(() => database.destroy());
	return { database, writer: createWriter(database) };
}

async function openLimits(context: TestContext): Promise<LogInLimits> {
	return new LogInLimits(await openStorage(context));
}

/** At a time that stands still, as each process has a clock of its own. */
async function openAt(context: TestContext, data: string): Promise<Service> {
	const passwordCost = { ln: 8, r: 8, p: 1 };
	const service = await openService({ data, passwordCost, now: () => Date.parse("2026-11-26") });
	context.after(() => service.close());
	return service;
}

/** Begins, and says how long he has to wait who has to. */
async function waitOf(limits: LogInLimits, attempt: Attempt, time: number): Promise<number> {
	try {
		await limits.begin(attempt, time);
		return 0;
	} catch (error) {
		if (error instanceof LogInWait) return error.seconds;
		throw error;
	}
}

/** Live events: who hears of what, and what it costs. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { LogEntry } from "../../hosts/dms/log.js";
import { Live, type Topic } from "../../hosts/dms/page/live.js";
import { createPublisher, product } from "../dms/publisher.js";
import { openPage } from "./open-page.js";

const viewer = { kind: "user", name: "carol", role: "viewer", user: "carol" } as const;

interface Event {
	readonly topic: string;
	readonly pieces: readonly (readonly [key: string, html: string])[];
	readonly keys?: readonly string[];
}

/** The events of a stream, one after the other; `undefined` at its end. */
function eventsOf(stream: ReadableStream<Uint8Array> | null, context?: TestContext) {
	assert.ok(stream);
	const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
	context?.after(() => reader.cancel());
	return async (): Promise<Event | undefined> => {
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return undefined;
			const [, data] = /^data: (.*)$/m.exec(value) ?? [];
			if (data !== undefined) return JSON.parse(data);
		}
	};
}

test("an open list hears of a device that changes, and of a new one", async (context) => {
	const { service, get, cookieOf, claimed } = await openPage(context);
	await service.users.add("carol", { role: "viewer" });
	const { uuid } = await claimed("alice");
	const response = await get("/events?on=devices%3F", await cookieOf("carol"));
	assert.equal(response.headers.get("content-type"), "text/event-stream");
	const next = eventsOf(response.body, context);
	assert.deepEqual((await next())?.keys, [uuid]);
	await service.devices.lock(uuid);
	const [[key, row] = [], ...others] = (await next())?.pieces ?? [];
	assert.deepEqual([key, others], [uuid, []]);
	assert.match(row ?? "", /locked/);
	const other = await claimed("bob");
	let keys: readonly string[] = [];
	while (!keys.includes(other.uuid)) keys = (await next())?.keys ?? keys;
	assert.deepEqual(keys, [uuid, other.uuid].sort());
});

test("a roll-out and a device move", async (context) => {
	const { service, get, cookieOf, claimed, send } = await openPage(context);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	await publisher.publish("1.1.0.0", 1);
	await service.bundles.tag(product, "1.1.0.0", "release");
	await service.users.add("carol", { role: "viewer" });
	const { uuid, device } = await claimed("alice");
	const query = new URLSearchParams([
		["on", `roll-out:${product}:release`],
		["on", "device:" + uuid],
	]);
	const response = await get("/events?" + query.toString(), await cookieOf("carol"));
	const next = eventsOf(response.body, context);
	await next();
	await next();
	await send(device.activate(product));
	const topics = new Set<string>();
	let text = "";
	// That it was seen may be an event of its own.
	while (topics.size < 2 || !text.includes("It gets the release")) {
		const event = await next();
		topics.add(event?.topic ?? "");
		text += JSON.stringify(event);
	}
	assert.deepEqual([...topics].sort(), ["device:" + uuid, `roll-out:${product}:release`]);
});

test("an owner hears of his own devices, and of no roll-out", async (context) => {
	const { get, cookieOf, claimed, service } = await openPage(context);
	const own = await claimed("alice");
	const other = await claimed("bob");
	const cookie = await cookieOf("alice");
	const statusOf = async (on: string, headers?: typeof cookie): Promise<number> => {
		const response = await get("/events?on=" + encodeURIComponent(on), headers);
		await response.body?.cancel();
		return response.status;
	};
	assert.equal(await statusOf("devices?"), 401, "who hasn't logged in");
	for (const [on, status] of [
		["devices?owner=bob", 200],
		["device:" + own.uuid, 200],
		["device:" + other.uuid, 404],
		[`roll-out:${product}:release`, 403],
		["audit", 422],
		["devices?colour=red", 422],
		["", 422],
	] as const) {
		assert.equal(await statusOf(on, cookie), status, on);
	}
	const list = eventsOf((await get("/events?on=devices?owner=bob", cookie)).body, context);
	assert.deepEqual((await list())?.keys, [own.uuid]);
	const bob = await cookieOf("bob");
	const bobs = eventsOf((await get("/events?on=devices?owner=bob", bob)).body, context);
	assert.deepEqual((await bobs())?.keys, [other.uuid], "each owner his own");
	const one = eventsOf((await get("/events?on=device:" + own.uuid, cookie)).body, context);
	await one();
	await service.devices.release(own.uuid);
	assert.deepEqual((await list())?.keys, []);
	assert.equal(await one(), undefined, "what isn't his any more ends");
});

test("who has logged out hears nothing more", async (context) => {
	const { service, get, post, cookieOf, claimed } = await openPage(context);
	await claimed("alice");
	await service.users.add("carol", { role: "viewer" });
	const cookie = await cookieOf("carol");
	const next = eventsOf((await get("/events?on=devices%3F", cookie)).body);
	await next();
	await post("/log-out", {}, cookie);
	assert.equal(await next(), undefined);
});

test("a hundred pages cost one reading, and each gets what is new", async () => {
	const live = new Live(() => undefined, { periodMilliseconds: 1, checkMilliseconds: 60_000 });
	let reads = 0;
	let text = "one";
	const topic: Topic = {
		...{ key: "a", name: "a" },
		async read() {
			reads++;
			return new Map([["", text]]);
		},
	};
	const watcher = { caller: viewer, isCurrent: async () => true };
	const pages = Array.from({ length: 100 }, () => eventsOf(live.open([topic], watcher) ?? null));
	for (const next of pages) assert.deepEqual((await next())?.pieces, [["", "one"]]);
	text = "two";
	const before = reads;
	for (const next of pages) assert.deepEqual((await next())?.pieces, [["", "two"]]);
	assert.ok(reads - before < 100, reads - before + " readings");
	live.close();
	for (const next of pages) assert.equal(await next(), undefined);
});

test("a session that can't be looked up is logged, and ends nothing", async () => {
	const log: LogEntry[] = [];
	const times = { periodMilliseconds: 1, checkMilliseconds: 0 };
	const live = new Live((entry) => log.push(entry), times);
	let count = 0;
	const read = async () => new Map([["", String(count++)]]);
	const topic: Topic = { key: "a", name: "a", read };
	const isCurrent = (): Promise<boolean> => {
		throw new Error("planted");
	};
	const next = eventsOf(live.open([topic], { caller: viewer, isCurrent }) ?? null);
	for (let events = 0; events < 5; events++) assert.ok(await next());
	assert.deepEqual(
		log.map((entry) => entry.kind === "fault" && String(entry.error)),
		["Error: planted"],
	);
	live.close();
});

test("a page that doesn't read what it is sent is dropped, and so is one too many", async () => {
	const live = new Live(() => undefined, { periodMilliseconds: 1, checkMilliseconds: 60_000 });
	let count = 0;
	const topic: Topic = {
		...{ key: "a", name: "a" },
		read: async () => new Map([["", "x".repeat(300_000) + count++]]),
	};
	const watcher = { caller: viewer, isCurrent: async () => true };
	const slow = live.open([topic], watcher);
	const next = eventsOf(live.open([topic], watcher) ?? null);
	for (let events = 0; events < 8; events++) await next();
	const reader = slow?.getReader();
	let chunks = 0;
	while (!(await reader?.read())?.done) chunks++;
	assert.ok(chunks < 8, chunks + " chunks, and its end");
	for (let opened = 1; opened < 250; opened++) assert.ok(live.open([topic], watcher));
	assert.equal(live.open([topic], watcher), undefined);
	live.close();
});

test("a topic that can't be read is logged and read again; others go on", async (context) => {
	const log: LogEntry[] = [];
	const live = new Live((entry) => log.push(entry), {
		...{ periodMilliseconds: 1, checkMilliseconds: 60_000, readMilliseconds: 50 },
	});
	context.after(() => live.close());
	let count = 0;
	let fault: "rejects" | "throws" | "hangs" | undefined;
	const bad: Topic = {
		...{ key: "bad", name: "bad" },
		read() {
			if (fault === "throws") throw new Error("a slip");
			if (fault === "rejects") return Promise.reject(new Error("a slip"));
			if (fault === "hangs") return new Promise(() => undefined);
			return Promise.resolve(new Map([["", String(count++)]]));
		},
	};
	const good: Topic = {
		...{ key: "good", name: "good" },
		read: async () => new Map([["", String(count++)]]),
	};
	const watcher = { caller: viewer, isCurrent: async () => true };
	const badNext = eventsOf(live.open([bad], watcher) ?? null, context);
	const next = eventsOf(live.open([good], watcher) ?? null, context);
	for (const kind of ["rejects", "throws"] as const) {
		await badNext();
		log.length = 0;
		fault = kind;
		while (log.length === 0) await next();
		for (let events = 0; events < 5; events++) assert.ok(await next());
		assert.deepEqual(
			log.map((entry) => entry.kind),
			["fault"],
			"once, however often it is tried",
		);
		fault = undefined;
		assert.ok(await badNext(), "and it comes back");
	}
	fault = "hangs";
	log.length = 0;
	while (log.length === 0) assert.ok(await next());
	for (let events = 0; events < 5; events++) assert.ok(await next());
});

test("who was given another role, or removed, hears nothing more", async (context) => {
	const { service, get, cookieOf, claimed } = await openPage(context);
	await claimed("alice");
	for (const end of [
		() => service.users.setRole("carol", "owner"),
		() => service.users.remove("carol"),
	]) {
		const users = await service.users.list();
		if (!users.some(({ name }) => name === "carol")) await service.users.add("carol");
		await service.users.setRole("carol", "viewer");
		const next = eventsOf((await get("/events?on=devices%3F", await cookieOf("carol"))).body);
		await next();
		await end();
		assert.equal(await next(), undefined);
	}
});

test("the more there is to send, the less often it is sent", async () => {
	const live = new Live(() => undefined, { periodMilliseconds: 1, checkMilliseconds: 60_000 });
	let reads = 0;
	const topic: Topic = {
		...{ key: "a", name: "a" },
		read: async () => new Map([["", "x".repeat(50_000) + reads++]]),
	};
	const watcher = { caller: viewer, isCurrent: async () => true };
	const begin = performance.now();
	const pages = Array.from({ length: 20 }, () => eventsOf(live.open([topic], watcher) ?? null));
	for (let events = 0; events < 3; events++) for (const next of pages) await next();
	// A megabyte each time, of two a second.
	assert.ok(performance.now() - begin >= 900);
	assert.ok(reads <= 4, String(reads));
	live.close();
});

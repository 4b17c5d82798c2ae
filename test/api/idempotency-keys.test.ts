/** A change that is asked for again by its idempotency key is made once, and answered as before. */

import assert from "node:assert/strict";
import { createServer as createProxy, connect, type Socket } from "node:net";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { test, type TestContext } from "node:test";
import { actAs } from "../../hosts/dms/administration/change.js";
import { createApi } from "../../hosts/dms/api/api.js";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { openRemote } from "../../hosts/dms/api/client.js";
import { apiPath } from "../../hosts/dms/api/openapi.js";
import type { IdempotencyKeys } from "../../hosts/dms/api/idempotency-keys.js";
import { openService } from "../../hosts/dms/service.js";
import { openBench } from "../dms/bench.js";
import { secondsPerDay } from "../dms/clock.js";
import { createTool } from "../dms/tool.js";

async function open(context: TestContext) {
	const bench = await openBench(context);
	const { service } = bench;
	const { token } = await service.apiTokens.add({ name: "ci", role: "admin" });
	const { token: other } = await service.apiTokens.add({ name: "other", role: "admin" });
	const api = createApi(service);
	const send = async (
		key: string | undefined,
		method: string,
		path: string,
		body?: object,
		as = token,
	) => {
		const response = await api.request(apiPath + path, {
			method,
			headers: {
				authorization: "Bearer " + as,
				...(key !== undefined && { "idempotency-key": key }),
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		const value = JSON.parse(await response.text());
		const isReplayed = response.headers.get("idempotency-replayed") === "true";
		return { status: response.status, isReplayed, value };
	};
	return { ...bench, token, other, send };
}

const newKey = (): string => `"${randomUUID()}"`;

test("the same key and request get the same answer, and change nothing more", async (context) => {
	const { send, service } = await open(context);
	const key = newKey();
	const token = { user: "alice" };
	const first = await send(key, "POST", "/tokens/claim", token);
	const again = await send(key, "POST", "/tokens/claim", token);
	// A key may be written without quotation marks.
	const bare = await send(key.slice(1, -1), "POST", "/tokens/claim", token);
	assert.deepEqual([first.status, first.isReplayed], [200, false]);
	for (const { status, isReplayed, value } of [again, bare]) {
		assert.deepEqual([status, isReplayed, value], [200, true, first.value]);
	}
	assert.equal((await service.tokens.list()).length, 1);
	// What is gone after the first request is gone, and no failure.
	const removal = newKey();
	assert.equal((await send(removal, "DELETE", "/users/bob")).status, 200);
	assert.equal((await send(removal, "DELETE", "/users/bob")).status, 200);
	assert.equal((await send(undefined, "DELETE", "/users/bob")).status, 404);
});

test("a key is good for one request, of one caller", async (context) => {
	const { send, other } = await open(context);
	const key = newKey();
	assert.equal((await send(key, "POST", "/users", { name: "carol" })).status, 200);
	for (const [method, path, body] of [
		["POST", "/users", { name: "dave" }],
		["PUT", "/users/carol/role", { role: "admin" }],
		["DELETE", "/users/carol", undefined],
	] as const) {
		const { status, value } = await send(key, method, path, body);
		assert.deepEqual([status, value.rule], [422, "idempotency-reused"]);
	}
	// Another caller's key is another one, whatever its letters are.
	const { status, value } = await send(key, "POST", "/users", { name: "carol" }, other);
	assert.deepEqual([status, value.rule], [409, "user-exists"]);
	for (const bad of ["short", '""', '"' + "x".repeat(256) + '"', '"with a " inside it, really"']) {
		const said = await send(bad, "POST", "/users", { name: "erin" });
		assert.deepEqual([said.status, said.value.rule], [400, "idempotency-key"], bad);
	}
});

test("what was refused is tried again", async (context) => {
	const { send } = await open(context);
	const key = newKey();
	assert.equal((await send(key, "POST", "/users", { name: "alice" })).status, 409);
	await send(undefined, "DELETE", "/products/ACME-LAMP");
	await send(undefined, "DELETE", "/users/alice");
	const { status, isReplayed } = await send(key, "POST", "/users", { name: "alice" });
	assert.deepEqual([status, isReplayed], [200, false]);
});

test("of many at once one makes the change, and the others wait or hear of it", async (context) => {
	const { send, service } = await open(context);
	const key = newKey();
	const answers = await Promise.all(
		Array.from({ length: 20 }, () => send(key, "POST", "/tokens/claim", { user: "alice" })),
	);
	const made = answers.filter(({ status }) => status === 200);
	assert.ok(made.length >= 1);
	for (const { value } of made) assert.deepEqual(value, made[0]?.value);
	for (const { status, value } of answers.filter((answer) => !made.includes(answer))) {
		assert.deepEqual([status, value.rule], [409, "idempotency-underway"]);
	}
	assert.equal((await service.tokens.list()).length, 1);
});

test("processes of one service make a change once between them", async (context) => {
	const place = await createTool(context).place();
	const services = [await openService({ ...place, addresses: ["a.example"] })];
	services.push(await openService(place));
	context.after(async () => {
		for (const service of services) await service.close();
	});
	const asked = { caller: "api:ci", key: randomUUID(), requestDigest: "a" };
	const results = await Promise.allSettled(
		[0, 1, 0, 1].map((index) => {
			const { repeats, users } = services[index] ?? assert.fail();
			return repeats.once(asked, (id) =>
				actAs("api:ci", async () => (await users.add("carol")).name, { id, isNoted: false }),
			);
		}),
	);
	const done = results.filter(({ status }) => status === "fulfilled");
	assert.ok(done.length >= 1);
	for (const result of results) {
		if (result.status === "rejected") assert.equal(result.reason.rule, "idempotency-underway");
		else assert.equal(result.value.answer, "carol");
	}
	const again = await services[1]?.repeats.once(asked, async () => "again");
	assert.deepEqual(again, { answer: "carol", isRepeated: true });
});

test("a process that died before its change is followed by another one", async (context) => {
	const { clock, service } = await open(context);
	const asked = { caller: "api:ci", key: randomUUID(), requestDigest: "a" };
	const dead = started(service.repeats, asked);
	await dead.begun;
	const retry = () => service.repeats.once(asked, async () => "done");
	await assert.rejects(retry(), { rule: "idempotency-underway" });
	clock.advance(60);
	assert.deepEqual(await retry(), { answer: "done", isRepeated: false });
	assert.deepEqual(await retry(), { answer: "done", isRepeated: true });
});

test("of one that wasn't dead, the change comes too late", async (context) => {
	const { clock, service } = await open(context);
	const asked = { caller: "api:ci", key: randomUUID(), requestDigest: "a" };
	const add = (id: string) =>
		actAs("api:ci", () => service.users.add("carol"), { id, isNoted: false });
	const slow = started(service.repeats, asked, add);
	await slow.begun;
	clock.advance(60);
	const quick = await service.repeats.once(asked, async (id) => (await add(id)).name);
	assert.deepEqual(quick, { answer: "carol", isRepeated: false });
	await service.users.remove("carol");
	slow.goOn();
	await assert.rejects(slow.ended, { rule: "idempotency-underway" });
	assert.ok((await service.users.list()).every(({ name }) => name !== "carol"));
});

test("a change whose answer was lost with its process isn't made again", async (context) => {
	const { clock, service } = await open(context);
	const asked = { caller: "api:ci", key: randomUUID(), requestDigest: "a" };
	await new Promise<void>((changed) => {
		const work = async (id: string): Promise<never> => {
			await actAs("api:ci", () => service.users.add("carol"), { id, isNoted: false });
			changed();
			return new Promise(() => undefined);
		};
		started(service.repeats, asked, work).goOn();
	});
	const retry = () => service.repeats.once(asked, async () => "again");
	await assert.rejects(retry(), { rule: "idempotency-underway" });
	clock.advance(60);
	await assert.rejects(retry(), { rule: "idempotency-lost", message: /Look at what there is/ });
});

test("an answer is kept for a day, and no longer", async (context) => {
	const { send, clock, service } = await open(context);
	const key = newKey();
	const ask = () => send(key, "POST", "/tokens/claim", { user: "alice" });
	await ask();
	clock.advance(secondsPerDay - 1);
	assert.equal((await ask()).isReplayed, true);
	clock.advance(1);
	assert.equal((await ask()).isReplayed, false);
	assert.equal((await service.tokens.list()).length, 2);
});

test("answers of a caller that are too many make room for newer ones", async (context) => {
	const { clock, service } = await open(context);
	const long = "x".repeat(15 * 2 ** 20);
	const ask = (number: number, caller = "api:ci") => {
		clock.advance(1);
		const asked = { caller, key: "key number 0000000" + number, requestDigest: "a" };
		return service.repeats.once(asked, async () => long);
	};
	await ask(0, "api:other");
	for (const number of [0, 1, 2, 3, 4, 5]) await ask(number);
	assert.equal((await ask(0, "api:other")).isRepeated, true);
	assert.equal((await ask(5)).isRepeated, true);
	assert.equal((await ask(1)).isRepeated, true);
	assert.equal((await ask(0)).isRepeated, false);
});

test("the client asks again when its connection is cut, and it is done once", async (context) => {
	const { service, token } = await open(context);
	const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	const { port } = new URL(listener.url);
	const proxy = await cuttingProxy(context, Number(port));
	const client = openRemote({ url: "http://127.0.0.1:" + proxy.port, token });
	// The answer is lost, and then half of it.
	proxy.cuts = [0, 60];
	assert.equal((await client.users.add("carol")).name, "carol");
	assert.equal(proxy.connections, 3);
	const names = (await service.users.list()).map(({ name }) => name);
	assert.deepEqual(names, ["alice", "bob", "carol"]);
	const added = (await service.audit(100)).filter(({ subject }) => subject === "user:carol");
	assert.equal(added.length, 1);
	proxy.cuts = [0];
	assert.equal((await client.users.list()).length, 3);
	// A proxy that has lost the service for a moment.
	proxy.instead = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";
	await client.users.remove("carol");
	assert.equal((await service.users.list()).length, 2);
});

/** Work that stands still until it is told to go on. */
function started(
	repeats: IdempotencyKeys,
	asked: Parameters<IdempotencyKeys["once"]>[0],
	work: (id: string) => Promise<unknown> = async () => "late",
) {
	let goOn: () => void = () => undefined;
	const may = new Promise<void>((resolve) => (goOn = resolve));
	let begin: () => void = () => undefined;
	const begun = new Promise<void>((resolve) => (begin = resolve));
	const ended = repeats.once(asked, async (id) => {
		begin();
		await may;
		return String(await work(id));
	});
	ended.catch(() => undefined);
	return { begun, ended, goOn: () => goOn() };
}

interface CuttingProxy {
	readonly port: number;
	connections: number;
	/** After how many bytes of the answer each of the next connections is cut. */
	cuts: number[];
	/** What the next answer is in place of the service's. */
	instead: string | undefined;
}

async function cuttingProxy(context: TestContext, target: number): Promise<CuttingProxy> {
	const sockets = new Set<Socket>();
	const server = createProxy((client) => {
		proxy.connections++;
		const left = proxy.cuts.shift();
		const service = connect(target, "127.0.0.1");
		for (const socket of [client, service]) {
			sockets.add(socket);
			socket.on("error", () => undefined);
			socket.on("close", () => sockets.delete(socket));
		}
		client.pipe(service);
		service.on("data", (bytes: Buffer) => {
			const { instead } = proxy;
			proxy.instead = undefined;
			client.write(instead ?? bytes.subarray(0, left));
			if (left === undefined) return;
			client.destroySoon();
			service.destroy();
		});
		client.on("close", () => service.destroy());
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	context.after(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const address = server.address();
	assert.ok(typeof address === "object" && address !== null);
	const proxy: CuttingProxy = { port: address.port, connections: 0, cuts: [], instead: undefined };
	return proxy;
}

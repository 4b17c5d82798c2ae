/** Lists of any length: by pages, in little memory, to readers that are slow or go away. */

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { openService } from "../../hosts/dms/service.js";
import { createTool, type Tool } from "./tool.js";

/** What a command takes without any rows, and a page of them; all of them would take more. */
const heapMegabytes = 32;
const rows = 80_000;

const hex = (length: number) => `substr('${"0".repeat(length)}' || i, 1 + length('' || i))`;

/** What each list has, made by the database itself from a number `i`. */
const tables: { readonly [list: string]: string } = {
	audit: `insert into "audit" ("time", "actor", "action", "subject", "rule", "details")
		select 1780000000 + i, 'device:' || i, 'device.claim', 'user:alice', '', '{"via":"token"}'
		from n`,
	"device list": `insert into "devices" ("uuid", "keyId", "publicKey", "hardware", "platform",
		"version", "state", "owner", "firstSeenAt", "lastSeenAt")
		select ${hex(40)}, ${hex(64)}, '\\x04', ${hex(12)}, 'esp32', '1.0.0.0', 'issued', 'alice', i, i
		from n`,
	"token list": `insert into "provisioningTokens" ("keyId", "publicKey", "uuidRule", "addedAt",
		"expiresAt") select ${hex(64)}, '\\x04', 'given', i, i from n`,
};

function fill(tool: Tool, list: string, count = rows): Promise<void> {
	const numbers = `n(i) as (select 1 union all select i + 1 from n where i < ${count})`;
	return tool.ask(`with recursive ${numbers} ${tables[list] ?? ""}`);
}

function start(tool: Tool, ...words: readonly string[]): Promise<ChildProcess> {
	return tool.start(words, ["--max-old-space-size=" + heapMegabytes]);
}

async function withService(context: TestContext): Promise<Tool> {
	const tool = createTool(context);
	const place = await tool.place();
	const service = await openService({ ...place, addresses: ["dms.example.com:8443"] });
	await service.users.add("alice");
	await service.close();
	return tool;
}

for (const [list, ...options] of [
	["audit", "--limit", String(rows)],
	["device list", "--json"],
	["token list", "--json"],
] as const) {
	test(
		"a long list takes the memory of a page, and waits for its reader: " + list,
		async (context) => {
			const tool = await withService(context);
			await fill(tool, list);
			const child = await start(tool, ...list.split(" "), ...options);
			const closed = once(child, "close");
			let text = "";
			for await (const piece of child.stdout ?? []) {
				text += String(piece);
				await new Promise(setImmediate);
			}
			assert.deepEqual(await closed, [0, null]);
			if (list === "audit") assert.equal(text.trimEnd().split("\n").length, rows + 1);
			else assert.equal(JSON.parse(text).length, rows);
		},
	);
}

test("a list whose reader goes away ends there, without a word", async (context) => {
	const tool = await withService(context);
	await fill(tool, "audit");
	const child = await start(tool, "audit", "--limit", String(rows));
	const closed = once(child, "close");
	let error = "";
	child.stderr?.on("data", (piece) => (error += piece));
	assert.ok(child.stdout);
	await once(child.stdout, "data");
	child.stdout.destroy();
	assert.deepEqual(await closed, [0, null]);
	assert.equal(error, "");
});

test("the parts of a list make the whole", async (context) => {
	const tool = createTool(context);
	await (await tool.serve("--address", "dms.example.com:8443", "--listen", "127.0.0.1:0")).stop();
	await tool.json("user", "add", "alice");
	for (let count = 0; count < 5; count++) {
		await tool.json("token", "provision");
		await tool.json("token", "claim", "alice");
	}
	for (const [command, key] of [
		["token list", "id"],
		["audit", "id"],
	] as const) {
		const read = async (...words: readonly string[]) => {
			const { value } = await tool.json(...command.split(" "), ...words);
			return value as { readonly [name: string]: string | number }[];
		};
		const whole = await read();
		const parts: typeof whole = [];
		for (;;) {
			const last = parts.at(-1)?.[key];
			const start = last === undefined && command === "audit" ? 0 : last;
			const after = start === undefined ? [] : ["--after", String(start)];
			const part = await read("--limit", "3", ...after);
			if (part.length === 0) break;
			parts.push(...part);
		}
		assert.deepEqual(parts, whole, command);
		assert.ok(whole.length >= 10);
	}
	assert.match((await tool.run("token", "list", "--after", "0123")).error, /There is no token/);
});

test("the audit log goes on with what comes, until it is stopped", async (context) => {
	const tool = await withService(context);
	const child = await start(tool, "audit", "--json", "--follow");
	const closed = once(child, "close");
	assert.ok(child.stdout);
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const next = async (): Promise<unknown> => {
		const { value } = await lines.next();
		return JSON.parse(String(value)).subject;
	};
	assert.equal(await next(), "service:dms.example.com:8443");
	assert.equal(await next(), "user:alice");
	await tool.run("user", "add", "bob");
	assert.equal(await next(), "user:bob");
	child.kill("SIGTERM");
	assert.deepEqual(await closed, [0, null]);
});

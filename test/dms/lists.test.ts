/** Lists of any length: by pages, in little memory, to readers that are slow or go away. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "@photostructure/sqlite";
import { openService } from "../../hosts/dms/service.js";
import { databaseFile } from "../../hosts/dms/storage/database.js";
import { createTool, type Tool } from "./tool.js";

const main = fileURLToPath(new URL("../../hosts/dms/main.js", import.meta.url));
/** What a command takes without any rows, and a page of them; all of them would take more. */
const heapMegabytes = 48;
const rows = 120_000;

/** Entries of the audit log, made by the database itself. */
function fillAudit(tool: Tool, count: number): void {
	const database = new DatabaseSync(join(tool.data, databaseFile));
	database.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
		insert into "audit" ("time", "actor", "action", "subject", "rule", "details")
		select 1780000000 + i, 'device:' || i, 'device.claim', 'user:alice', '', '{"via":"token"}'
		from n`);
	database.close();
}

function start(context: TestContext, tool: Tool, ...words: readonly string[]): ChildProcess {
	const heap = "--max-old-space-size=" + heapMegabytes;
	const child = spawn(process.execPath, [heap, main, "--data", tool.data, ...words]);
	context.after(() => child.kill("SIGKILL"));
	return child;
}

async function withService(context: TestContext): Promise<Tool> {
	const tool = createTool(context);
	const service = await openService({ data: tool.data, addresses: ["dms.example.com:8443"] });
	await service.users.add("alice");
	await service.close();
	return tool;
}

for (const format of ["text", "json"]) {
	test(
		"a long list takes the memory of a page, and waits for its reader: " + format,
		async (context) => {
			const tool = await withService(context);
			fillAudit(tool, rows);
			const words = ["audit", "--limit", String(rows), ...(format === "json" ? ["--json"] : [])];
			const child = start(context, tool, ...words);
			const closed = once(child, "close");
			let text = "";
			for await (const piece of child.stdout ?? []) {
				text += String(piece);
				await new Promise(setImmediate);
			}
			assert.deepEqual(await closed, [0, null]);
			if (format === "json") assert.equal(JSON.parse(text).length, rows);
			else assert.equal(text.trimEnd().split("\n").length, rows + 1);
		},
	);
}

test("a list whose reader goes away ends there, without a word", async (context) => {
	const tool = await withService(context);
	fillAudit(tool, rows);
	const child = start(context, tool, "audit", "--limit", String(rows));
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
	const child = start(context, tool, "audit", "--json", "--follow");
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

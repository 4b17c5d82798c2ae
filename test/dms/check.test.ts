/** What is damaged is found when somebody looks, and at the start; and never served. */

import assert from "node:assert/strict";
import {
	copyFileSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { DatabaseSync } from "@photostructure/sqlite";
import { listen } from "../../hosts/dms/listener/listener.js";
import type { LogEntry } from "../../hosts/dms/log.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { databaseFile } from "../../hosts/dms/storage/database.js";
import { refusalOf, replyOf } from "./bench.js";
import { origin } from "./protocol-device.js";
import { sqliteOnly } from "./engine.js";
import { createPublisher, product } from "./publisher.js";
import { createTool, type Tool } from "./tool.js";

/** On PostgreSQL an image is rows, and a database is not lost with a file. */
const onFiles = { skip: sqliteOnly };

interface Shop {
	readonly tool: Tool;
	/** Resolves when the log says that something is wrong at the start. */
	readonly told: Promise<void>;
	readonly log: readonly LogEntry[];
	/** The path of its only image, and of that at the service. */
	readonly image: string;
	readonly url: string;
	open(): Promise<Service>;
}

async function openShop(context: TestContext): Promise<Shop> {
	const tool = createTool(context);
	let onTold = (): void => undefined;
	const told = new Promise<void>((resolve) => (onTold = resolve));
	const entries: LogEntry[] = [];
	const log = (entry: LogEntry): void => {
		entries.push(entry);
		if (entry.kind === "fault" && entry.during === "the start") onTold();
	};
	const { data } = tool;
	const addresses = ["dms.example.com:8443"];
	const open = () => openService({ data, addresses, log });
	const service = await open();
	await service.serverFiles();
	await service.users.add("alice");
	const about = { code: product, title: "Lamp", platform: "esp32", owner: "alice" };
	await service.products.add(about);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	const { id } = await publisher.publish("1.0.0.0", 1);
	await service.close();
	const [name = ""] = readdirSync(join(data, "images"));
	const image = join(data, "images", name);
	return { tool, told, log: entries, image, url: origin + "/update/" + id + "/image", open };
}

/** One byte is another, and none is missing. */
function rot(path: string): void {
	const bytes = readFileSync(path);
	bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);
	writeFileSync(path, bytes);
}

test(
	"check says that all is whole, or which image isn't, and ends with 1",
	onFiles,
	async (context) => {
		const { tool, image } = await openShop(context);
		const { code, out } = await tool.run("check");
		assert.deepEqual([code, out], [0, "All is whole: 1 images, 0 devices, 0 tokens.\n"]);
		rot(image);
		const damaged = await tool.run("check");
		assert.deepEqual([damaged.code, damaged.error], [1, ""]);
		assert.match(damaged.out, /^The image of ACME-LAMP 1\.0\.0\.0 is damaged or gone\./);
		rmSync(image);
		assert.equal((await tool.run("check")).code, 1);
	},
);

test(
	"an image with one other bit is no success, and told at the start",
	onFiles,
	async (context) => {
		const { image, url, told, open } = await openShop(context);
		rot(image);
		const service = await open();
		const listener = await listen(service, { host: "127.0.0.1", port: 0 });
		const reply = await replyOf(await service.fetch(new Request(url)));
		assert.deepEqual([reply.status, refusalOf(reply).rule], [500, "fault"]);
		await told;
		await listener.close();
		await service.close();
	},
);

test("an image that is damaged or gone while it is served is a fault", onFiles, async (context) => {
	const { image, url, log, open } = await openShop(context);
	const service = await open();
	context.after(() => service.close());
	const headers = { range: "bytes=0-99" };
	const ask = async () => replyOf(await service.fetch(new Request(url, { headers })));
	assert.equal((await ask()).status, 206);
	for (const spoil of [() => truncateSync(image, 5_000), () => rmSync(image)]) {
		spoil();
		const reply = await ask();
		assert.deepEqual([reply.status, refusalOf(reply).rule], [500, "fault"]);
		const fault = [...log].reverse().find(({ kind }) => kind === "fault");
		assert.ok(fault?.kind === "fault");
		assert.match(String(fault.error), /damaged or gone: restore it from a backup/);
	}
});

test("rows that belong together and don't are found", onFiles, async (context) => {
	const { tool } = await openShop(context);
	const database = new DatabaseSync(join(tool.data, databaseFile));
	database.exec("pragma foreign_keys = off");
	database.exec(`insert into "provisioningTokens"
		values ('${"ab".repeat(32)}', x'04', 'given', null, 0, 0, '${"cd".repeat(32)}', null, null)`);
	database.exec(`insert into "certificates" values ('00', 'nobody', x'00', 0, 0, null, null)`);
	database.close();
	const { code, out } = await tool.run("check");
	assert.equal(code, 1);
	assert.match(out, /Rows of certificates belong to nothing/);
	assert.match(out, /Token abababababab is bound to no device/);
});

test(
	"a service that was closed has all in one file, and writes no more",
	onFiles,
	async (context) => {
		const { tool } = await openShop(context);
		const alone = join(tool.folder, "alone.db");
		copyFileSync(join(tool.data, databaseFile), alone);
		const database = new DatabaseSync(alone);
		assert.equal(database.prepare("select count(*) as count from bundles").get()?.["count"], 1);
		database.close();
	},
);

for (const [name, spoil] of [
	["that was emptied", (path: string) => truncateSync(path, 0)],
	["that is gone", (path: string) => rmSync(path)],
] as const) {
	test("a database " + name + " is an error, not a new service", onFiles, async (context) => {
		const { tool, open } = await openShop(context);
		spoil(join(tool.data, databaseFile));
		const { code, error } = await tool.spawn("serve", "--address", "dms.example.com:8443");
		assert.equal(code, 1);
		assert.match(error, /not its database\. Restore a backup: opendms restore/);
		assert.equal((await tool.run("device", "list")).code, 1);
		await assert.rejects(open(), /not its database/);
	});
}

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { LogEntry } from "../../hosts/dms/log.js";
import { openService } from "../../hosts/dms/service.js";
import { refusalOf, replyOf } from "./bench.js";
import { createClock } from "./clock.js";
import { origin } from "./protocol-device.js";
import { createPublisher, product } from "./publisher.js";

test("an image that is damaged or gone is a fault, never a success", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const clock = createClock();
	const log: LogEntry[] = [];
	const options = { addresses: ["dms.example.com:8443"], now: clock.now };
	const data = join(folder, "dms");
	const service = await openService({ data, ...options, log: (entry) => log.push(entry) });
	context.after(() => service.close());
	await service.users.add("alice");
	const about = { code: product, title: "Lamp", platform: "esp32", owner: "alice" };
	await service.products.add(about);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	const { id } = await publisher.publish("1.0.0.0", 1);
	const headers = { range: "bytes=0-99" };
	const url = origin + "/update/" + id + "/image";
	const ask = async () => replyOf(await service.fetch(new Request(url, { headers })));
	assert.equal((await ask()).status, 206);
	const images = join(data, "images");
	const [name = ""] = readdirSync(images);
	for (const spoil of [
		() => truncateSync(join(images, name), 5_000),
		() => rmSync(join(images, name)),
	]) {
		spoil();
		const reply = await ask();
		assert.deepEqual([reply.status, refusalOf(reply).rule], [500, "fault"]);
		const fault = [...log].reverse().find(({ kind }) => kind === "fault");
		assert.ok(fault?.kind === "fault");
		assert.match(String(fault.error), /damaged or gone: restore it from a backup/);
	}
});

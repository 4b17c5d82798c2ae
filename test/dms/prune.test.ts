/** What grows is pruned in small steps; what a promise needs never is. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { prunedKinds } from "../../hosts/dms/pruning/rule.js";
import { openService } from "../../hosts/dms/service.js";
import { memory, openDatabase } from "../../hosts/dms/storage/database.js";
import { type Bench, openBench, provisionReplyOf } from "./bench.js";
import { secondsPerDay } from "./clock.js";
import { isOnPostgres, newDatabase } from "./engine.js";
import { createPublisher, product } from "./publisher.js";
import { createTool } from "./tool.js";

const year = 366 * secondsPerDay;

async function pruned(bench: Bench): Promise<{ readonly [kind: string]: number }> {
	const before = await bench.service.pruning.preview();
	const done = await bench.service.pruning.run();
	assert.deepEqual(done, before, "a preview says what is taken");
	return Object.fromEntries(done.map(({ kind, outdated }) => [kind, outdated]));
}

test("a bound token gives its key its UUID for ever, others are forgotten", async (context) => {
	const bench = await openBench(context);
	const { device, uuid, token } = await bench.provisioned();
	const { tokens } = bench.service;
	const { token: revoked, id } = await tokens.addProvisioning({ lifeSeconds: 9 * year });
	const { token: expired } = await tokens.addProvisioning();
	await tokens.addProvisioning({ lifeSeconds: 5 * year });
	await tokens.revoke(id);
	bench.clock.advance(2 * year);
	assert.equal((await pruned(bench))["tokens"], 2);
	assert.equal(provisionReplyOf(await bench.send(device.provision(token))).uuid, uuid);
	const other = (await bench.provisioned()).device;
	for (const gone of [revoked, expired]) {
		assert.equal((await bench.refused(other.provision(gone))).rule, "token-unknown");
	}
});

test("a claim is answered again as long as it lasts, then forgotten", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.provisioned();
	const { token } = await bench.service.tokens.addClaim({ user: "alice" });
	await bench.service.tokens.addClaim({ user: "alice" });
	await bench.send(device.claim(token));
	bench.clock.advance(2 * year);
	assert.equal((await pruned(bench))["tokens"], 1, "the one that nobody used");
	assert.equal((await bench.send(device.claim(token))).status, 200);
	await bench.service.devices.release(uuid);
	assert.equal((await pruned(bench))["tokens"], 1);
	assert.equal((await bench.refused(device.claim(token))).rule, "token-unknown");
});

test("certificates that have ended go, but for a device's last", async (context) => {
	const bench = await openBench(context);
	const { device, uuid, token } = await bench.provisioned();
	const certificates = async () => (await bench.service.devices.show(uuid)).certificates.length;
	bench.clock.advance(11 * year);
	assert.equal((await pruned(bench))["certificates"], 0, "it has no other");
	await bench.send(device.provision(token));
	assert.equal(await certificates(), 2);
	assert.equal((await pruned(bench))["certificates"], 1);
	assert.equal(await certificates(), 1);
});

test("stored answers go when no request can ask for them any more", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const draft = device.acknowledge();
	await bench.send(draft);
	bench.clock.advance(650);
	assert.equal((await pruned(bench))["answers"], 0);
	bench.clock.advance(20);
	assert.equal((await pruned(bench))["answers"], 3);
	await assert.rejects(bench.service.pruning.keep("answers", 1), /protocol/);
});

test("images go after their bundles, in their time; deleted keys never", async (context) => {
	const bench = await openBench(context);
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	const first = await publisher.publish("1.1.0.0", 1);
	await publisher.publish("1.2.0.0", 2);
	const { bundles, devices, pruning } = bench.service;
	await bundles.tag(product, "1.2.0.0", "release");
	await bundles.withdraw(product, "1.1.0.0");
	bench.clock.advance(20 * secondsPerDay);
	assert.equal((await pruned(bench))["images"], 0);
	bench.clock.advance(20 * secondsPerDay);
	assert.equal((await pruned(bench))["images"], 1);
	assert.equal((await bundles.show(product, "1.1.0.0")).id, first.id, "what it was is still told");
	await publisher.publish("1.3.0.0", 3);
	const { uuid, device } = await bench.provisioned();
	await devices.delete(uuid);
	bench.clock.advance(50 * year);
	await pruning.run();
	assert.equal((await bench.refused(device.acknowledge())).rule, "device-unknown");
	await assert.rejects(bench.service.tokens.addProvisioning({ uuid }), /was one/);
});

test("entries of the audit log stay, or are exported first; the newest stays", async (context) => {
	const bench = await openBench(context);
	const { pruning } = bench.service;
	for (let count = 0; count < 3; count++) await bench.provisioned();
	bench.clock.advance(2 * year);
	assert.equal((await pruned(bench))["audit"], 0);
	await assert.rejects(pruning.keep("audit", 60), /at least/);
	await pruning.keep("audit", year);
	await assert.rejects(pruning.run(), /--export/);
	assert.ok((await bench.audit()).length > 9, "nothing is lost");
	const { folder } = createTool(context);
	await pruning.exportTo(join(folder, "audit"));
	mkdirSync(join(folder, "audit"));
	writeFileSync(join(folder, "audit", "audit-2026-06.jsonl"), '{"id":1,"ti'); // By a crash.
	const before = await bench.audit();
	const count = (await pruned(bench))["audit"] ?? 0;
	const [file = ""] = readdirSync(join(folder, "audit"));
	assert.equal(file, "audit-2026-06.jsonl");
	const lines = readFileSync(join(folder, "audit", file), "utf8")
		.trimEnd()
		.split("\n");
	const exported = lines.map((line) => JSON.parse(line));
	const expected = before.slice(0, count);
	assert.deepEqual(
		exported,
		expected.map(({ details, ...entry }) => ({ ...entry, details: JSON.parse(details) })),
	);
	assert.ok(count > 9);
	bench.clock.advance(2 * year);
	await pruning.run();
	assert.equal((await bench.audit()).length, 1, "a clock is doubted by it");
});

test("of each table it is written when its rows go", async (context) => {
	const database = await openDatabase(isOnPostgres ? await newDatabase() : memory);
	context.after(() => database.destroy());
	const tables = await database.introspection.getTables();
	const page = readFileSync(new URL("../../../hosts/dms/README.md", import.meta.url), "utf8");
	const [, written = ""] = /^\| table \| grows with \| goes \|\n([^]*?)\n\n/m.exec(page) ?? [];
	const named = written
		.split("\n")
		.slice(1)
		.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name));
	assert.deepEqual(named.sort(), tables.map(({ name }) => name).sort());
	const kinds = [...written.matchAll(/\(`(\w+)`\)/g)].map(([, kind]) => kind);
	assert.deepEqual([...new Set(kinds)].sort(), [...prunedKinds]);
});

test("one process begins a round a day", async (context) => {
	const bench = await openBench(context);
	const { pruning } = bench.service;
	assert.equal(await pruning.begin(), false, "there is nothing yet");
	bench.clock.advance(secondsPerDay);
	assert.deepEqual([await pruning.begin(), await pruning.begin()], [true, false]);
	bench.clock.advance(-2 * secondsPerDay);
	assert.equal(await pruning.begin(), true, "the clock was ahead");
});

test("nothing goes by a clock that is ahead and set right within a day", async (context) => {
	const bench = await openBench(context);
	const { pruning } = bench.service;
	await pruning.begin();
	bench.clock.advance(secondsPerDay);
	assert.equal(await pruning.begin(), true);
	bench.clock.advance(year);
	assert.equal(await pruning.begin(), false);
	bench.clock.advance(secondsPerDay - 60);
	assert.equal(await pruning.begin(), false);
	bench.clock.advance(-year);
	assert.equal(await pruning.begin(), true, "by the right time again");
	bench.clock.advance(year);
	assert.equal(await pruning.begin(), false);
	bench.clock.advance(secondsPerDay);
	assert.equal(await pruning.begin(), true, "what it says for a day it means");
});

test("the tool counts what it would take, and remembers what to keep", async (context) => {
	const tool = createTool(context);
	const place = await tool.place();
	await (await openService({ ...place, addresses: ["dms.example.com:8443"] })).close();
	const rows = async (...words: readonly string[]) => {
		const { value } = await tool.json("prune", ...words);
		return value as { kind: string; keepSeconds: number | null }[];
	};
	await rows("--keep", "tokens=90d", "audit=400d", "--keep", "images=forever", "--export", "out");
	const kept = Object.fromEntries(
		(await rows("--dry-run")).map(({ kind, keepSeconds }) => [kind, keepSeconds]),
	);
	assert.deepEqual(
		[kept["tokens"], kept["audit"], kept["images"]],
		[90 * secondsPerDay, 400 * secondsPerDay, null],
	);
	assert.match((await tool.run("prune", "--keep", "devices=1d")).error, /There are: answers/);
	assert.match((await tool.run("prune", "--dry-run")).out, /^what +kept for +outdated\n/);
});

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { table } from "../../hosts/dms/cli/text.js";
import { parseToken } from "../../src/protocol/token.js";
import { openBench } from "./bench.js";
import { sha256 } from "./protocol-device.js";
import { createTool } from "./tool.js";

const somewhere = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0"];

test("many tokens are made at once, into a file that only its owner reads", async (context) => {
	const tool = createTool(context);
	await (await tool.serve(...somewhere)).stop();
	const csv = join(tool.folder, "tokens.csv");
	const words = ["token", "provision", "--count", "300", "--csv", csv];
	assert.deepEqual((await tool.json(...words)).count, 300);
	const [head, ...lines] = readFileSync(csv, "utf8").trimEnd().split("\n");
	assert.equal(head, "id,token,expires");
	const tokens = new Set(lines.map((line) => line.split(",")[1] ?? ""));
	assert.equal(tokens.size, 300);
	for (const token of tokens) assert.ok(parseToken(token, { sha256 }), token);
	assert.equal(statSync(csv).mode & 0o777, 0o600);
	const before = readFileSync(csv, "utf8");
	assert.match((await tool.run(...words)).error, /exists/);
	assert.equal(readFileSync(csv, "utf8"), before, "tokens that are there are not written over");
	assert.match((await tool.run("token", "provision", "--count", "5")).error, /--csv/);
});

test("tokens that can't be kept are not made", async (context) => {
	const tool = createTool(context);
	await (await tool.serve(...somewhere)).stop();
	const csv = join(tool.folder, "none", "tokens.csv");
	const words = ["token", "provision", "--count", "5", "--csv", csv];
	assert.equal((await tool.run(...words)).code, 1);
	assert.ok(!existsSync(csv));
	assert.match((await tool.run("token", "list")).out, /None/);
});

test("many tokens are made in gaps, and none is good before all are", async (context) => {
	const { service } = await openBench(context);
	const states = new Set<string>();
	let others = 0;
	const made: string[] = [];
	const making = service.tokens.addProvisioningMany(1_000, {}, ({ id }) => made.push(id));
	let isDone = false;
	void making.then(() => (isDone = true));
	while (!isDone) {
		await service.users.setEmail("alice", `alice${others++}@example.com`);
		const [one] = (await service.tokens.list()).filter(({ id }) => id === made[0]);
		if (one !== undefined && !isDone) states.add(one.state);
	}
	await making;
	assert.ok(others >= 4, "a change in each gap");
	assert.ok(states.has("revoked"));
	const all = await service.tokens.list();
	assert.equal(all.filter(({ state }) => state === "open").length, 1_000);
});

test("many tokens that fail in the middle leave none", async (context) => {
	const { service, audit } = await openBench(context);
	let made = 0;
	const making = service.tokens.addProvisioningMany(1_000, {}, () => {
		if (++made === 600) throw new Error("nobody keeps them");
	});
	await assert.rejects(making, /nobody keeps them/);
	assert.deepEqual(await service.tokens.list(), []);
	const revoked = (await audit()).filter(({ action }) => action === "token.revoke");
	assert.equal(revoked.length, 750);
});

test("a list of devices can be of those that somebody looks for", async (context) => {
	const bench = await openBench(context);
	const [first, second, third] = [
		await bench.claimed("alice"),
		await bench.claimed("bob"),
		await bench.provisioned(),
	];
	await bench.send(first.device.activate("ACME-LAMP"));
	await bench.service.flush();
	await bench.service.devices.lock(third.uuid);
	bench.clock.advance(100);
	const { devices } = bench.service;
	const found = async (filter: Parameters<typeof devices.list>[0]) =>
		(await devices.list(filter)).map(({ uuid }) => uuid);
	assert.deepEqual(await found({ owner: "bob" }), [second.uuid]);
	assert.deepEqual(await found({ product: "ACME-LAMP" }), [first.uuid]);
	assert.deepEqual(await found({ isLocked: true }), [third.uuid]);
	assert.deepEqual(await found({ isCopied: true }), []);
	assert.deepEqual(await found({ state: "issued" }), []);
	assert.equal((await found({ unseenSince: bench.clock.seconds() - 50 })).length, 3);
	assert.equal((await found({ unseenSince: bench.clock.seconds() - 200 })).length, 0);
	assert.equal((await found({ seenSince: bench.clock.seconds() - 200 })).length, 3);
	assert.equal((await found({ seenSince: bench.clock.seconds() - 50 })).length, 0);
	assert.equal((await found({ version: "1.0.0.0" })).length, 3);
	assert.deepEqual(await found({ version: "9.9.9.9" }), []);
	assert.deepEqual((await found({ isLocked: false })).sort(), [first.uuid, second.uuid].sort());
	assert.equal((await found({ isCopied: false })).length, 3);
});

test("the audit log can be of a device, and of a time", async (context) => {
	const bench = await openBench(context);
	const { uuid } = await bench.claimed("alice");
	await bench.claimed("bob");
	bench.clock.advance(100);
	await bench.service.devices.lock(uuid);
	const entries = await bench.service.audit(1_000, { device: uuid });
	const name = "device:" + uuid;
	assert.ok(entries.length >= 3);
	assert.ok(entries.every(({ actor, subject }) => actor === name || subject === name));
	const since = bench.clock.seconds() - 50;
	const late = await bench.service.audit(1_000, { since });
	assert.deepEqual(
		late.map(({ action }) => action),
		["device.lock"],
	);
});

test("a table has as many rows as there are", () => {
	const rows = Array.from({ length: 200_000 }, () => ["a", "b"]);
	assert.equal(table(["one", "two"], rows).split("\n").length, 200_001);
});

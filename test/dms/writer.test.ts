import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DatabaseSync } from "@photostructure/sqlite";
import { openService } from "../../hosts/dms/service.js";
import { openDatabase } from "../../hosts/dms/storage/database.js";
import { insertUser, listUsers } from "../../hosts/dms/storage/users.js";
import { createWriter } from "../../hosts/dms/storage/writer.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { openBench, provisionReplyOf, sendTo } from "./bench.js";
import { createClock } from "./clock.js";
import { spyOnDatabase } from "./database-spy.js";
import { createDevice, createNonce, draftOf, facts, origin } from "./protocol-device.js";

test("changes that come at the same time share a commit: at least eight each", async (context) => {
	const spy = spyOnDatabase(context);
	const bench = await openBench(context);
	const drafts = [];
	while (drafts.length < 64) {
		const { token } = await bench.service.tokens.addProvisioning();
		drafts.push(createDevice(bench.clock).provision(token));
	}
	spy.reset();
	const replies = await Promise.all(drafts.map((draft) => bench.send(draft)));
	replies.forEach(provisionReplyOf);
	const commits = spy.runsOf("commit");
	assert.ok(commits > 0 && commits <= drafts.length / 8, commits + " commits");
});

test("a change that fails takes back its own part, and no other's", async (context) => {
	const database = await openDatabase(":memory:");
	context.after(() => database.destroy());
	const { write } = createWriter(database);
	const add = (name: string, fails = false) =>
		write(async (transaction) => {
			await insertUser(transaction, { name, role: "owner", email: null, addedAt: 1 });
			if (fails) throw new Error(name + " fails");
			return name;
		});
	const results = await Promise.allSettled([add("a"), add("b", true), add("a"), add("c")]);
	assert.deepEqual(
		results.map(({ status }) => status),
		["fulfilled", "rejected", "rejected", "fulfilled"],
	);
	const names = (await listUsers(database)).map(({ name }) => name);
	assert.deepEqual(names, ["a", "c"]);
});

test("a query that changes nothing writes nothing, and its device was seen", async (context) => {
	const spy = spyOnDatabase(context);
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	await bench.send(device.activate("ACME-LAMP"));
	const poll = () => {
		const body = { version: facts.version, sequence: 0, generation: 0 };
		const signers = [{ label: deviceLabel, key: device.key }];
		return bench.send(draftOf({ method: "POST", path: "/update", body }, signers, bench.clock));
	};
	assert.equal((await poll()).status, 200);
	spy.reset();
	bench.clock.advance(3);
	for (let count = 0; count < 5; count++) assert.equal((await poll()).map?.["rule"], "untagged");
	assert.equal(spy.count(), 5, "one statement each: " + [...spy.rows.keys()].join("\n"));
	await bench.service.flush();
	assert.equal((await bench.service.devices.show(uuid)).lastSeenAt, bench.clock.seconds());
});

test("what an operator changes counts for the next query, of any process", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const clock = createClock();
	const options = { data: join(folder, "dms"), addresses: ["a.example"], now: clock.now };
	const [serving, tool] = [await openService(options), await openService(options)];
	context.after(() => Promise.all([serving.close(), tool.close()]));
	await tool.users.add("alice");
	const product = { code: "ACME-LAMP", title: "Lamp", platform: "esp32", owner: "alice" };
	await tool.products.add(product);
	const device = createDevice(clock);
	const { token } = await tool.tokens.addProvisioning();
	provisionReplyOf(await sendTo(serving, device.provision(token)));
	await sendTo(serving, device.acknowledge());
	const activation = await tool.tokens.addActivation({ user: "alice", product: product.code });
	assert.equal((await sendTo(serving, device.claim(activation.token))).status, 200);
	const interval = async () => {
		const body = { version: facts.version, sequence: 0, generation: 0 };
		const signers = [{ label: deviceLabel, key: device.key }];
		const draft = draftOf({ method: "POST", path: "/update", body }, signers, clock);
		return Number((await sendTo(serving, draft)).map?.["interval"]);
	};
	assert.ok((await interval()) > 70_000);
	await tool.products.setUpdateInterval(product.code, 600);
	assert.ok((await interval()) < 700);
});

test("a lock that another process holds costs hello and reading nothing", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const clock = createClock();
	const data = join(folder, "dms");
	const service = await openService({ data, addresses: ["a.example"], now: clock.now });
	context.after(() => service.close());
	await service.serverFiles(); // As a listener does before it listens.
	const { token } = await service.tokens.addProvisioning();
	const locker = new DatabaseSync(join(data, "opendms.db"));
	locker.exec("begin immediate");
	const draft = createDevice(clock).provision(token);
	let isAnswered = false;
	const waiting = sendTo(service, draft).finally(() => (isAnswered = true));
	for (let count = 0; count < 20; count++) {
		const hello = await service.fetch(new Request(origin + "/hello?nonce=" + createNonce()));
		assert.equal(hello.status, 200);
		assert.equal((await service.devices.list()).length, 0);
	}
	assert.ok(!isAnswered, "whoever changes something waits");
	locker.exec("rollback");
	locker.close();
	provisionReplyOf(await waiting);
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { test, type TestContext } from "node:test";
import { restoreBackup } from "../../hosts/dms/administration/backup.js";
import { makeNewFolder } from "../../hosts/dms/administration/new-folder.js";
import { toolScript } from "../../example/tool-script.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { provisionReplyOf, sendTo } from "./bench.js";
import { createClock } from "./clock.js";
import { sqliteOnly } from "./engine.js";
import { createDevice } from "./protocol-device.js";
import { createTool } from "./tool.js";

const clock = createClock();
const code = "ACME-LAMP";
const onFiles = { skip: sqliteOnly };

async function openAt(context: TestContext, data: string): Promise<Service> {
	const addresses = ["dms.example.com:8443"];
	const service = await openService({ data, addresses, now: clock.now });
	context.after(() => service.close());
	return service;
}

test("a restored service has what the backup had, but no unspent token", async (context) => {
	const { folder } = createTool(context);
	const service = await openAt(context, join(folder, "first"));
	await service.users.add("alice");
	await service.products.add({ code, title: "Lamp", platform: "esp32", owner: "alice" });
	const unspent = await service.tokens.addProvisioning();
	const bound = await service.tokens.addProvisioning();
	const claim = await service.tokens.addClaim({ user: "alice" });
	await service.tokens.addActivation({ user: "alice", product: code, uses: 2 });
	const old = createDevice(clock);
	const { uuid } = provisionReplyOf(await sendTo(service, old.provision(bound.token)));
	const backup = join(folder, "backup");
	await service.backUp(backup);
	const late = createDevice(clock);
	const given = provisionReplyOf(await sendTo(service, late.provision(unspent.token)));

	const madeAt = clock.seconds();
	clock.advance(3600);
	const data = join(folder, "second");
	const restored = await restoreBackup(backup, data, clock.seconds());
	assert.deepEqual(restored, { madeAt, provisioningTokens: 1, claimTokens: 2 });
	const second = await openAt(context, data);
	assert.deepEqual(second.certificates.show(), service.certificates.show());
	assert.deepEqual(second.addresses, service.addresses);
	const thief = createDevice(clock);
	assert.equal((await sendTo(second, thief.provision(unspent.token))).map?.rule, "token-unknown");
	// A bound token stays good for its own device, and for no other.
	assert.equal(provisionReplyOf(await sendTo(second, old.provision(bound.token))).uuid, uuid);
	assert.equal((await sendTo(second, old.acknowledge())).status, 204);
	assert.equal((await sendTo(second, old.claim(claim.token))).map?.rule, "token-unknown");
	// What was made since the backup comes back by itself.
	assert.equal((await sendTo(second, late.acknowledge())).map?.rule, "device-unknown");
	assert.equal((await sendTo(second, late.present(given.certificate))).status, 204);
	const uuids = (await second.devices.list()).map((device) => device.uuid);
	assert.deepEqual(new Set(uuids), new Set([uuid, given.uuid]));
	const [entry] = (await second.audit(100)).filter(({ action }) => action === "service.restore");
	assert.deepEqual(JSON.parse(entry?.details ?? ""), restored);
});

test("a token with a use left is void, one that is used up stays as it is", async (context) => {
	const { folder } = createTool(context);
	const service = await openAt(context, join(folder, "first"));
	await service.users.add("alice");
	const { token } = await service.tokens.addProvisioning();
	const claim = await service.tokens.addClaim({ user: "alice" });
	const device = createDevice(clock);
	provisionReplyOf(await sendTo(service, device.provision(token)));
	await sendTo(service, device.acknowledge());
	assert.equal((await sendTo(service, device.claim(claim.token))).status, 200);
	await service.backUp(join(folder, "backup"));
	const data = join(folder, "second");
	const restored = await restoreBackup(join(folder, "backup"), data, clock.seconds());
	assert.equal(restored.provisioningTokens + restored.claimTokens, 0);
	const second = await openAt(context, data);
	assert.equal((await sendTo(second, device.claim(claim.token))).map?.user, "alice");
});

test("backup and restore on the command line, keys kept from others", onFiles, async (context) => {
	const tool = createTool(context);
	await tool.json("user", "add", "alice");
	const backup = join(tool.folder, "backup");
	assert.deepEqual(await tool.json("backup", backup).then(({ folder }) => folder), backup);
	assert.equal(statSync(backup).mode & 0o777, 0o700);
	assert.equal(statSync(join(backup, "ca.key")).mode & 0o777, 0o600);
	const again = await tool.run("backup", backup);
	assert.equal(again.code, 1);
	assert.match(again.error, /is there already/);
	assert.match((await tool.run("restore", backup)).error, /already\. Choose/);
	const elsewhere = join(tool.folder, "restored");
	const restored = await tool.run("--data", elsewhere, "restore", backup);
	assert.equal(restored.code, 0, restored.error);
	assert.match(restored.out, /come back by themselves/);
	assert.match((await tool.run("--data", elsewhere, "user", "list")).out, /alice/);
	assert.deepEqual(readdirSync(tool.folder).sort(), ["backup", "dms", "restored"]);
});

test("what is no backup is not restored, and leaves nothing behind", async (context) => {
	const tool = createTool(context);
	const result = await tool.run("restore", tool.folder);
	assert.equal(result.code, 1);
	assert.match(result.error, /is not a backup/);
	assert.ok(!existsSync(tool.data));
});

test("a backup whose keys are lost or another's is not restored", async (context) => {
	const { folder } = createTool(context);
	const service = await openAt(context, join(folder, "first"));
	await openAt(context, join(folder, "other"));
	const backup = join(folder, "backup");
	await service.backUp(backup);
	const data = join(folder, "second");
	const key = join(backup, "ca.key");
	for (const spoil of [
		() => rmSync(key),
		() => copyFileSync(join(folder, "other", "ca.key"), key),
	]) {
		spoil();
		await assert.rejects(restoreBackup(backup, data, clock.seconds()), { rule: "authority" });
		assert.ok(!existsSync(data) && !existsSync(data + ".new"));
	}
});

test("an empty folder is filled, as of a volume; what fails leaves nothing", async (context) => {
	const { folder } = createTool(context);
	const service = await openAt(context, join(folder, "first"));
	const [backup, volume, beside] = ["backup", "volume", "beside"].map((name) => join(folder, name));
	assert.ok(backup && volume && beside);
	mkdirSync(volume);
	mkdirSync(join(volume, "lost+found"));
	mkdirSync(backup);
	await service.backUp(backup);
	for (const place of [volume, beside]) {
		const failing = makeNewFolder(place, "x", async (unfinished) => {
			writeFileSync(join(unfinished, "ca.key"), "secret");
			throw new Error("The disk is full.");
		});
		await assert.rejects(failing, /disk is full/);
	}
	assert.deepEqual(readdirSync(volume), ["lost+found"]);
	assert.ok(!existsSync(beside) && !existsSync(beside + ".new"));
	// Of a process that was killed.
	mkdirSync(join(volume, ".new", "images"), { recursive: true });
	await restoreBackup(backup, volume, clock.seconds());
	const names = ["ca.crt", "ca.key", "lost+found", "opendms.db"];
	assert.deepEqual(
		readdirSync(volume).filter((name) => !/^server|-/.test(name)),
		names,
	);
	assert.equal(statSync(volume).mode & 0o777, 0o700);
	assert.equal((await (await openAt(context, volume)).check()).problems.length, 0);
	await assert.rejects(restoreBackup(backup, volume, clock.seconds()), /is there already/);
});

test("a backup to standard output that is broken off leaves no key", onFiles, async (context) => {
	const tool = createTool(context);
	await tool.json("user", "add", "alice");
	const temporary = join(tool.folder, "temporary");
	mkdirSync(temporary);
	const words = [toolScript("opendms"), "--data", tool.data, "backup", "-"];
	const env = { ...process.env, TMPDIR: temporary };
	const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "inherit"] });
	// More than the pipe and we take: it waits for who reads on.
	await once(child.stdout, "readable");
	assert.equal(readdirSync(temporary).length, 1);
	child.kill("SIGINT");
	const [code] = await once(child, "exit");
	child.stdout.destroy();
	assert.equal(code, 130);
	assert.deepEqual(readdirSync(temporary), []);
});

test("of backups that were broken off, those of days ago go", onFiles, async (context) => {
	const tool = createTool(context);
	const all = join(tool.folder, "backups");
	for (const name of ["opendms-20200101T000000Z.new", "notes.new"]) {
		mkdirSync(join(all, name), { recursive: true });
	}
	const hour = new Date(Date.now() - 3_600_000).toISOString().slice(0, -5).replace(/[-:]/g, "");
	mkdirSync(join(all, `opendms-${hour}Z.new`));
	await tool.json("backup", all, "--keep", "2");
	const left = readdirSync(all).filter((name) => name.endsWith(".new"));
	assert.deepEqual(left.sort(), ["notes.new", `opendms-${hour}Z.new`]);
});

test("the backup that was made stays, and those of the future too", onFiles, async (context) => {
	const tool = createTool(context);
	const all = join(tool.folder, "backups");
	const future = ["opendms-20990101T000000Z", "opendms-20990102T000000Z"];
	const past = ["opendms-20200101T000000Z", "opendms-20200102T000000Z"];
	for (const name of [...past, ...future]) {
		mkdirSync(join(all, name, "images"), { recursive: true });
	}
	const { folder } = await tool.json("backup", all, "--keep", "2");
	const left = [past[1], basename(String(folder)), ...future];
	assert.deepEqual(readdirSync(all).sort(), left);
});

test("what is only a part of a backup is not restored", onFiles, async (context) => {
	const tool = createTool(context);
	const many = Array.from({ length: 20 }, (_, index) => "user-" + index);
	for (const name of many) await tool.json("user", "add", name);
	const backup = join(tool.folder, "backup");
	await tool.json("backup", backup);
	const restore = (from: string) =>
		tool.run("--data", join(tool.folder, "restored"), "restore", join(tool.folder, from));
	cpSync(backup, backup + ".new", { recursive: true });
	assert.match((await restore("backup.new")).error, /backup\.new was broken off/);
	const database = join(backup, "opendms.db");
	const { size } = statSync(database);
	for (const part of [4_096, size / 2, size - 4_096]) {
		cpSync(backup, join(tool.folder, "cut"), { recursive: true });
		truncateSync(join(tool.folder, "cut", "opendms.db"), part);
		const { code, error } = await restore("cut");
		assert.equal(code, 1, "of " + part);
		assert.match(error, /damaged|malformed|corrupt|fails/i);
	}
	assert.ok(!existsSync(join(tool.folder, "restored")));
	assert.equal((await restore("backup")).code, 0);
});

test("a copy of a killed service's folder has what it committed last", async (context) => {
	const { folder } = createTool(context);
	const service = await openAt(context, join(folder, "first"));
	await service.users.add("last");
	cpSync(join(folder, "first"), join(folder, "copy"), { recursive: true });
	await restoreBackup(join(folder, "copy"), join(folder, "second"), clock.seconds());
	const restored = await openAt(context, join(folder, "second"));
	assert.deepEqual(
		(await restored.users.list()).map(({ name }) => name),
		["last"],
	);
});

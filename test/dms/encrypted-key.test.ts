/** The CA's key, encrypted at rest: without its passphrase nothing of it is to be had. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createTool } from "./tool.js";
import { isOnPostgres } from "./engine.js";
import { authorityPassphrase } from "../../hosts/dms/authority/key-text.js";

const variables = ["OPENDMS_CA_PASSPHRASE", "OPENDMS_CA_PASSPHRASE_FILE"] as const;

function say(passphrase: string | undefined): void {
	for (const name of variables) delete process.env[name];
	if (passphrase !== undefined) process.env[variables[0]] = passphrase;
}

test("no CA's key lies in the clear, and each start asks for the passphrase", async (context) => {
	context.after(() => say(undefined));
	const tool = createTool(context);
	await tool.json("user", "add", "alice");
	await tool.json("cert", "next-authority");
	const before = await tool.json("cert", "show");
	assert.match((await tool.run("cert", "encrypt-key")).error, /Say the passphrase/);
	say("too short");
	assert.match((await tool.run("cert", "encrypt-key")).error, /at least 12 letters/);
	say("correct horse battery");
	await tool.json("cert", "encrypt-key");
	assert.deepEqual(await tool.json("cert", "show"), before);
	// One that is made from now on is encrypted at once.
	await tool.json("cert", "next-authority");
	const backup = join(tool.folder, "backup");
	await tool.json("backup", backup);
	if (!isOnPostgres) {
		for (const folder of [tool.data, backup]) {
			const key = readFileSync(join(folder, "ca.key"), "utf8");
			assert.match(key, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
			const database = readFileSync(join(folder, "opendms.db"), "latin1");
			assert.ok(database.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "the next CAs' too");
			assert.ok(!database.includes("-----BEGIN PRIVATE KEY-----"), "no row, and no rest of one");
		}
		const words = [
			"pkey",
			"-in",
			join(tool.data, "ca.key"),
			"-passin",
			"env:OPENDMS_CA_PASSPHRASE",
		];
		const opened = execFileSync("openssl", [...words, "-noout", "-text"], { encoding: "utf8" });
		assert.match(opened, /prime256v1/, "any other program opens it");
	}
	say("another passphrase");
	assert.match((await tool.run("cert", "show")).error, /doesn't open the key of the CA/);
	say(undefined);
	assert.match((await tool.run("user", "list")).error, /is encrypted\. Say its passphrase/);
});

test("the passphrase comes from a file, from systemd or from the environment", (context) => {
	const { folder } = createTool(context);
	const file = join(folder, "ca-passphrase");
	writeFileSync(file, "that of a file\n");
	const own = { OPENDMS_CA_PASSPHRASE: "that of the environment" };
	assert.equal(authorityPassphrase({ OPENDMS_CA_PASSPHRASE_FILE: file, ...own }), "that of a file");
	assert.equal(authorityPassphrase({ CREDENTIALS_DIRECTORY: folder, ...own }), "that of a file");
	const elsewhere = { CREDENTIALS_DIRECTORY: join(folder, "none"), ...own };
	assert.equal(authorityPassphrase(elsewhere), "that of the environment");
	assert.equal(authorityPassphrase({}), undefined);
});

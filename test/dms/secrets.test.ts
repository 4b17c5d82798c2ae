import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { formatLogEntry, type LogEntry } from "../../hosts/dms/log.js";
import { openService } from "../../hosts/dms/service.js";
import { tokenPrivateKey } from "../../src/protocol/key.js";
import { parseToken } from "../../src/protocol/token.js";
import { benchOf } from "./bench.js";
import { createClock } from "./clock.js";
import { createDevice, sha256 } from "./protocol-device.js";

function makeFolder(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	return folder;
}

/** Everything in the folder's files, one character a byte. */
function bytesOf(folder: string): string {
	return readdirSync(folder)
		.map((name) => readFileSync(join(folder, name), "latin1"))
		.join("\n");
}

/** The ways in which some bytes could have been written. */
function formsOf(bytes: Uint8Array): string[] {
	const buffer = Buffer.from(bytes);
	const texts = [buffer.toString("hex"), buffer.toString("base64url"), buffer.toString("base64")];
	return [buffer.toString("latin1"), ...texts.map((text) => text.replace(/=+$/, ""))];
}

test("no token's secret is in any file, log or audit entry", async (context) => {
	const data = makeFolder(context);
	const clock = createClock();
	const log: LogEntry[] = [];
	const options = { data, addresses: ["dms.example.com"], now: clock.now };
	const service = await openService({ ...options, log: (entry) => log.push(entry) });
	context.after(() => service.close());
	const bench = benchOf(service, createAuthority(clock.seconds()), clock, log);
	await service.users.add("alice");
	const product = { code: "ACME-LAMP", title: "Acme Lamp", platform: "esp32", owner: "alice" };
	await service.products.add(product);

	const provisioning = await service.tokens.addProvisioning();
	const claim = await service.tokens.addClaim({ user: "alice" });
	const activation = await service.tokens.addActivation({ user: "alice", product: "ACME-LAMP" });
	const device = createDevice(clock);
	await bench.send(device.provision(provisioning.token));
	await bench.refused(createDevice(clock).provision(provisioning.token));
	await bench.send(device.acknowledge());
	await bench.refused(device.activate(claim.token));
	await bench.send(device.claim(claim.token));
	await bench.refused(device.activate(activation.token));
	await bench.send(device.claim(activation.token));
	await bench.send(device.release());
	await service.serverFiles();
	const invite = await service.users.invite("alice");
	const password = "correct horse battery";
	const visitor = { address: "192.0.2.1", agent: "" };
	const begun = await service.sessions.acceptInvite(invite.token, password, visitor);
	const unused = await service.users.invite("alice");
	const api = await service.apiTokens.add({ name: "ci", role: "viewer" });
	const repeat = { caller: "api:ci", key: "a key that is a secret", requestDigest: "a" };
	const answer = "an answer with a token";
	await service.repeats.once(repeat, async () => answer);
	assert.ok((await service.repeats.once(repeat, async () => "")).isRepeated);
	await assert.rejects(service.sessions.logIn("alice", password + "r", visitor));
	await assert.rejects(service.sessions.logIn(password, password, visitor));

	const secret = parseToken(provisioning.token, { sha256 })?.secret ?? new Uint8Array();
	assert.equal(secret.length, 16);
	const secrets = [
		provisioning.token,
		...formsOf(secret),
		...formsOf(tokenPrivateKey(secret, { sha256 })),
		...[password, invite.token, unused.token, begun.cookie, api.token, repeat.key, answer],
		...[claim, activation].flatMap(({ token }) => [token, token.replaceAll("-", "")]),
	];
	const lines = log.map((entry) => formatLogEntry(entry, clock.now())).join("\n");
	assert.ok(lines.includes("/claim"));
	const written = [bytesOf(data), lines, JSON.stringify(await bench.audit())].join("\n");
	assert.ok(written.includes("ACME-LAMP") && written.includes(provisioning.id));
	for (const [index, text] of secrets.entries()) {
		assert.ok(text.length >= 16);
		assert.equal(written.toLowerCase().includes(text.toLowerCase()), false, "secret " + index);
	}
});

test("private keys are in the key files and nowhere else", async (context) => {
	const data = makeFolder(context);
	const service = await openService({ data, addresses: ["a.example"], now: createClock().now });
	context.after(() => service.close());
	await service.serverFiles();
	await service.certificates.issue(["b.example"]);
	for (const name of readdirSync(data)) {
		const text = readFileSync(join(data, name), "latin1");
		assert.equal(text.includes("PRIVATE KEY"), name.endsWith(".key"), name);
	}
});

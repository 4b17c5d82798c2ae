/** The service on PostgreSQL: a part of its tests, and what only PostgreSQL does. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { restoreInto } from "../../hosts/dms/administration/postgres-restore.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import type { PostgresUrl } from "../../hosts/dms/storage/postgres.js";
import { provisionReplyOf, refusalOf, sendTo } from "./bench.js";
import { createClock } from "./clock.js";
import { isOnPostgres } from "./engine.js";
import { type PostgresServer, programFolder, startPostgres } from "./postgres-server.js";
import { createDevice } from "./protocol-device.js";
import { createTool } from "./tool.js";

const password = "correct horse battery";

const skip = programFolder() === undefined && "PostgreSQL is not installed";

/**
 * All of them take minutes: `OPENDMS_TEST_DATABASE=postgres node --test build/test/dms/*.test.js`.
 */
const chosen = [
	"idempotency",
	"writer",
	"killed",
	"revocation",
	"batches",
	"next-authority",
	"../api/idempotency-keys",
];

let started: Promise<PostgresServer> | undefined;
after(async () => (await started)?.stop());
const server = (): Promise<PostgresServer> => (started ??= startPostgres());

async function open(context: TestContext, database: PostgresUrl): Promise<Service> {
	const service = await openService({ database, addresses: ["dms.example.com"] });
	context.after(() => service.close());
	return service;
}

test("tests of SQLite pass on PostgreSQL", { skip: skip || isOnPostgres }, async () => {
	const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
	const env = { ...environment, OPENDMS_TEST_DATABASE: (await server()).url };
	const folder = fileURLToPath(new URL(".", import.meta.url));
	const files = chosen.map((name) => join(folder, name + ".test.js"));
	const child = spawn(process.execPath, ["--test", "--test-concurrency=1", ...files], { env });
	const said: string[] = [];
	child.stdout.on("data", (text) => said.push(String(text)));
	child.stderr.on("data", (text) => said.push(String(text)));
	const [code] = await once(child, "close");
	assert.equal(code, 0, said.join(""));
});

test("while PostgreSQL is away devices are asked to come back", { skip }, async (context) => {
	const database = await (await server()).create();
	const service = await open(context, database);
	await service.serverFiles();
	const { token } = await service.tokens.addProvisioning();
	const draft = createDevice(createClock(Date.now())).provision(token);
	await (await server()).kill();
	const away = await sendTo(service, draft);
	assert.deepEqual([away.status, refusalOf(away).rule], [503, "busy"]);
	assert.equal(away.headers.get("retry-after"), "30");
	await assert.rejects(openService({ database }), /ENOENT|ECONNREFUSED/);
	await (await server()).start();
	provisionReplyOf(await sendTo(service, draft));
});

test("a backup moves a service from one engine to the other", { skip }, async (context) => {
	const { folder } = createTool(context);
	const clock = createClock(Date.now());
	const file = await openService({ data: join(folder, "first"), addresses: ["a.example"] });
	context.after(() => file.close());
	await file.users.add("alice");
	const { token } = await file.tokens.addProvisioning();
	const device = createDevice(clock);
	const draft = device.provision(token);
	const reply = provisionReplyOf(await sendTo(file, draft));
	const visitor = { address: "192.0.2.1", agent: "" };
	const { token: invite } = await file.users.invite("alice");
	const { cookie } = await file.sessions.acceptInvite(invite, password, visitor);
	assert.ok(await file.sessions.find(cookie));
	await file.backUp(join(folder, "backup"));
	const database = await (await server()).create("empty");
	await restoreInto(database, join(folder, "backup"), clock.seconds());
	const again = restoreInto(database, join(folder, "backup"), clock.seconds());
	await assert.rejects(again, { rule: "backup" });
	const moved = await openService({ database });
	context.after(() => moved.close());
	assert.equal(moved.certificates.show().fingerprint, file.certificates.show().fingerprint);
	assert.deepEqual(await moved.serverFiles(), await file.serverFiles());
	assert.deepEqual(provisionReplyOf(await sendTo(moved, draft)), reply);
	// Who was logged in then may have logged out since.
	assert.equal(await moved.sessions.find(cookie), undefined);
	assert.ok(await moved.sessions.logIn("alice", password, visitor));
	await moved.users.add("bob");
	await moved.backUp(join(folder, "back"));
	const back = await openService({ data: join(folder, "back") });
	context.after(() => back.close());
	assert.deepEqual(await back.devices.show(reply.uuid), await moved.devices.show(reply.uuid));
	assert.equal(back.certificates.show().fingerprint, file.certificates.show().fingerprint);
});

test("a CA that is retired needs no key on PostgreSQL", { skip }, async (context) => {
	const { create, ask } = await server();
	const database = await create();
	const first = await open(context, database);
	const { fingerprint } = first.certificates.show();
	await first.certificates.addNext();
	const second = await open(context, database);
	const device = createDevice(createClock(Date.now()));
	const { token } = await second.tokens.addProvisioning();
	provisionReplyOf(await sendTo(second, device.provision(token)));
	await assert.rejects(second.certificates.forgetKey(fingerprint), /It is not retired/);
	await second.certificates.retire(fingerprint);
	await second.certificates.forgetKey(fingerprint);
	const keys = await ask(database, `select name, "privateKey" = '' as gone from credentials`);
	const gone = Object.fromEntries(keys.map(({ name, gone }) => [name, gone]));
	assert.deepEqual(gone, { ca: true, "ca-2": false, server: false });

	const third = await open(context, database);
	const states = (await third.certificates.list()).map(({ state }) => state);
	assert.deepEqual(states, ["retired", "newest"]);
	assert.equal((await sendTo(third, device.acknowledge())).status, 204);
	await third.revocations.show();
	assert.deepEqual((await third.check()).problems, []);
	// A backup of it makes a data folder, and that another database.
	const { folder } = createTool(context);
	await third.backUp(join(folder, "backup"));
	const moved = await create("empty");
	await restoreInto(moved, join(folder, "backup"), Math.floor(Date.now() / 1000));
	const { certificates } = await open(context, moved);
	assert.deepEqual(
		(await certificates.list()).map(({ state }) => state),
		states,
	);
});

test("what PostgreSQL refuses is a sentence for the operator", { skip }, async (context) => {
	const { create, ask, url } = await server();
	const tool = createTool(context);
	const list = async (database: string): Promise<string> => {
		const { code, error } = await tool.run(
			"--data",
			tool.data,
			"--database",
			database,
			"user",
			"list",
		);
		assert.equal(code, 1);
		return error;
	};
	const at = (name: string, role = "postgres") =>
		url.replace("postgres@", role + "@").replace("/postgres?", "/" + name + "?");
	assert.match(
		await list(at("nowhere")),
		/^opendms: PostgreSQL has no such database\. .*createdb\n$/,
	);
	assert.match(await list(at("postgres", "nobody")), /^opendms: PostgreSQL refuses the role\. /);
	await ask(url, "create database secured");
	await ask(url, "alter role postgres password 'right'");
	const wrong = await list(at("secured", "postgres:wrong-secret"));
	assert.match(wrong, /^opendms: PostgreSQL refuses the password\. /);
	assert.doesNotMatch(wrong, /wrong-secret/);
	assert.match(await list("postgres://a:b/c#d@h/e"), /^opendms: --database is no URL\. .*%2F/);
	assert.match(await list("mysql://x"), /^opendms: A database is named as postgres:/);
	assert.match(
		await list(await create("empty")),
		/^opendms: There is no service in the database t/,
	);
	const reading = await create();
	const name = /\/(t\w+)\?/.exec(reading)?.[1] ?? "";
	await (await open(context, reading)).users.add("alice");
	await ask(url, `alter database ${name} set default_transaction_read_only = on`);
	const { error } = await tool.run(
		"--data",
		tool.data,
		"--database",
		reading,
		"user",
		"add",
		"bob",
	);
	assert.match(error, /^opendms: PostgreSQL only reads here: it is a standby, or default_tr/);
	for (const [setting, sentence] of [
		["statement_timeout = '1ms'", "gives its statements too little time: raise statement_timeout"],
		["search_path = nowhere", "looks for the tables in another schema. Set search_path"],
	] as const) {
		await ask(url, `alter database ${name} set ${setting}`);
		assert.ok((await list(reading)).startsWith("opendms: PostgreSQL " + sentence), setting);
		await ask(url, `alter database ${name} reset ${setting.split(" ")[0]}`);
	}
	await ask(url, "create database latin encoding 'LATIN1' template template0");
	const { code, error: latin } = await tool.run(
		"--database",
		at("latin"),
		"init",
		"--address",
		"a",
	);
	assert.match(latin, /^opendms: The database's encoding is LATIN1.*createdb --encoding UTF8/);
	assert.equal(code, 1);
});

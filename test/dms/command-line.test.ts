import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DatabaseSync } from "@photostructure/sqlite";
import { parseToken } from "../../src/protocol/token.js";
import { provisionReplyOf } from "./bench.js";
import { createClock } from "./clock.js";
import { sendThroughTls } from "./connection.js";
import { isOnPostgres, sqliteOnly } from "./engine.js";
import { createDevice, sha256 } from "./protocol-device.js";
import { without } from "../program.js";
import { openService } from "../../hosts/dms/service.js";
import { createTool, type Serving } from "./tool.js";

const somewhere = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0"];

function portOf(serving: Serving): number {
	const ready: unknown = JSON.parse(serving.line);
	assert.ok(typeof ready === "object" && ready !== null && "listening" in ready);
	const { listening } = ready;
	assert.ok(typeof listening === "object" && listening !== null && "port" in listening);
	assert.equal(typeof listening.port, "number");
	return Number(listening.port);
}

test("users, products and tokens are made, listed and taken back", async (context) => {
	const tool = createTool(context);
	assert.equal((await tool.spawn("user", "add", "alice")).out, "User alice added.\n");
	await tool.json("user", "add", "bob");
	const users = (await tool.json("user", "list")).value;
	assert.ok(Array.isArray(users) && users.length === 2);
	assert.match(
		(await tool.run("user", "list")).out,
		/^name .* added\nalice {2}owner {2}no +20\d\d-/,
	);
	const options = ["--title", "Acme Lamp", "--platform", "esp32", "--owner", "alice", "--locked"];
	const product = await tool.json("product", "add", "ACME-LAMP", ...options);
	assert.deepEqual([product.title, product.locked, product.production], ["Acme Lamp", true, false]);
	await tool.run("product", "share", "ACME-LAMP", "bob");
	await tool.run("product", "unlock", "ACME-LAMP");
	const shown = await tool.json("product", "show", "ACME-LAMP");
	assert.deepEqual([shown.sharedWith, shown.locked], [["bob"], false]);
	await tool.run("product", "unshare", "ACME-LAMP", "bob");
	assert.match((await tool.run("product", "show", "ACME-LAMP")).out, /shared with +nobody/);
	assert.match((await tool.run("product", "list")).out, /ACME-LAMP {2}Acme Lamp/);
	const claim = await tool.run("token", "claim", "alice", "--expires", "12h");
	assert.match(claim.out, /\nType on the device: dms_claim ([0-9A-Z]{4}-){4}[0-9A-Z]{4}\n$/);
	const activation = await tool.json("token", "activation", "alice", "ACME-LAMP", "--uses", "5");
	const id = String(activation.id);
	assert.match((await tool.run("token", "list")).out, new RegExp(id + " .*open .*0 of 5"));
	assert.equal((await tool.run("token", "revoke", id)).code, 0);
	assert.match((await tool.run("token", "list")).out, new RegExp(id + " .*revoked"));
	await tool.run("user", "remove", "bob");
	assert.match(
		(await tool.run("audit", "--limit", "1")).out,
		/operator {2}user\.remove {2}user:bob/,
	);
	const entries = (await tool.json("audit")).value;
	assert.ok(Array.isArray(entries) && entries.length === 10, JSON.stringify(entries));
});

test("an error is one sentence, or one line of JSON, with exit code 1", async (context) => {
	const tool = createTool(context);
	const wrong = [
		[["user", "add", "A B"], "name"],
		[["product", "show", "A-B"], "product-unknown"],
		[["token", "provision"], "address"],
		[["token", "claim", "alice", "--expires", "soon"], "usage"],
		[["device", "release", "00"], "device-unknown"],
		[["serve"], "address"],
		[["serve", "--address", "a", "--listen", "localhost:1"], "usage"],
		[["nonsense"], "usage"],
		[["user"], "usage"],
	] as const;
	for (const [words, rule] of wrong) {
		const person = await tool.run(...words);
		assert.deepEqual([person.code, person.out], [1, ""], words.join(" "));
		if (words[0] !== "user" || words.length > 1) {
			assert.match(person.error, /^opendms: [A-Z0-9][^\n]*\n$/, words.join(" "));
		}
		assert.doesNotMatch(person.error, /\n\s+at /);
		const program = await tool.run(...words, "--json");
		assert.deepEqual([program.code, program.out], [1, ""], words.join(" "));
		const { error } = JSON.parse(program.error);
		assert.equal(error.rule, rule, words.join(" "));
		assert.match(error.message, /^[A-Z0-9]\S* /i);
	}
});

test("serve says when it is ready, and SIGTERM and SIGINT end it cleanly", async (context) => {
	const tool = createTool(context);
	for (const signal of ["SIGTERM", "SIGINT"] as const) {
		const serving = await tool.serve("--no-api", ...somewhere);
		const { line } = serving;
		assert.match(line, /^opendms serving dms\.example\.com:8443 on 127\.0\.0\.1:\d+$/);
		const { code, out, error } = await serving.stop(signal);
		assert.deepEqual([code, out, error], [0, line + "\n", ""]);
	}
	const names = ["ca.crt", "ca.key", "opendms.db", "server.crt", "server.key"];
	if (!isOnPostgres) assert.deepEqual(readdirSync(tool.data).sort(), names);
});

test("the tool administers a service while it serves", async (context) => {
	const tool = createTool(context);
	const first = await tool.serve("--json", ...somewhere);
	const clock = createClock(Date.now());
	const authority = await tool.authority();
	const listener = { host: "127.0.0.1", port: portOf(first), close: async () => {} };
	const device = createDevice(clock);
	const { token } = await tool.json("token", "provision");
	const provision = device.provision(String(token));
	const { uuid } = provisionReplyOf(await sendThroughTls(listener, provision, authority));
	await sendThroughTls(listener, device.acknowledge(), authority);
	await tool.spawn("user", "add", "alice");
	const claim = JSON.parse((await tool.spawn("--json", "token", "claim", "alice")).out);
	const claimed = await sendThroughTls(listener, device.claim(String(claim.token)), authority);
	assert.deepEqual(claimed.map, { user: "alice" });
	assert.match((await tool.spawn("device", "list")).out, new RegExp(uuid + " .* alice "));
	assert.equal((await tool.json("device", "show", uuid)).owner, "alice");
	assert.match((await tool.run("device", "show", uuid)).out, /certificates {2}[0-9a-f]{32} until/);
	assert.equal((await tool.json("device", "release", uuid)).owner, null);
	const { error } = await first.stop();
	const lines = error.trimEnd().split("\n");
	assert.equal(lines.length, 3, error);
	const { time, milliseconds, id, ...entry } = JSON.parse(lines[2] ?? "");
	const request = { kind: "request", method: "POST", path: "/claim", status: 200, who: uuid };
	const about = { level: "info", client: "127.0.0.1", ...request };
	assert.deepEqual(entry, about);
	assert.match(id, /^[0-9a-f]{12}$/);
	assert.match(time, /^20\d\d-\d\d-\d\dT/);
	assert.equal(typeof milliseconds, "number");
	const second = await tool.serve("--listen", "127.0.0.1:0");
	assert.match(second.line, /serving dms\.example\.com:8443 on/);
	await second.stop();
});

test("a service that is killed loses nothing that it answered", async (context) => {
	const tool = createTool(context);
	const killed = await tool.serve("--json", ...somewhere);
	const device = createDevice(createClock(Date.now()));
	const { token } = await tool.json("token", "provision");
	const draft = device.provision(String(token));
	const authority = await tool.authority();
	const close = async () => {};
	const lost = await sendThroughTls({ host: "", port: portOf(killed), close }, draft, authority);
	await killed.stop("SIGKILL");
	const next = await tool.serve("--json", ...somewhere);
	const reply = await sendThroughTls({ host: "", port: portOf(next), close }, draft, authority);
	assert.deepEqual(reply.bytes, lost.bytes);
	await next.stop();
});

test("a service whose making broke off is made by the same command", async (context) => {
	const tool = createTool(context);
	// Its folder, tables and CA are there, and where devices will reach it was never said.
	await (await openService(await tool.place())).close();
	const { code, error } = await tool.run("serve", "--no-api");
	assert.equal(code, 1);
	assert.match(
		error,
		/^opendms: There is no service in .*serve --address dms\.example\.com:8443\n$/,
	);
	const { address } = await tool.json("init", "--address", "dms.example.com:8443");
	assert.equal(address, "dms.example.com:8443");
	const again = await tool.run("init", "--address", "other.example.com:8443");
	assert.match(again.error, /^opendms: There is a service in .* already\./);
	const { authorities } = await tool.json("cert", "show");
	assert.equal(Array.isArray(authorities) && authorities.length, 1);
});

test("many processes write to one folder at the same time", async (context) => {
	const tool = createTool(context);
	const names = ["a", "b", "c", "d", "e", "f"];
	const results = await Promise.all(names.map((name) => tool.spawn("user", "add", name)));
	assert.deepEqual(
		results.map(({ error }) => error),
		names.map(() => ""),
	);
	const users = (await tool.json("user", "list")).value;
	assert.ok(Array.isArray(users) && users.length === names.length);
});

test("a command that only reads waits for no lock", { skip: sqliteOnly }, async (context) => {
	const tool = createTool(context);
	await tool.run("user", "add", "alice");
	const locker = new DatabaseSync(join(tool.data, "opendms.db"));
	context.after(() => locker.close());
	locker.exec("begin immediate");
	for (const words of [["user", "list"], ["audit"]]) {
		const { code, error } = await tool.run(...words);
		assert.deepEqual([code, error], [0, ""]);
	}
});

/** Has the database locked when it prints, and for five seconds more. */
const lockForFiveSeconds = `
	const { DatabaseSync } = await import("@photostructure/sqlite");
	const database = new DatabaseSync(process.argv[1]);
	database.exec("begin immediate");
	console.log("locked");
	setTimeout(() => database.exec("rollback"), 5_000);
`;

test(
	"commands wait for a lock that is held for five seconds",
	{ skip: sqliteOnly },
	async (context) => {
		const tool = createTool(context);
		await tool.json("user", "list");
		const words = ["--input-type=module", "--eval", lockForFiveSeconds];
		const locker = spawn(process.execPath, [...words, join(tool.data, "opendms.db")]);
		context.after(() => locker.kill());
		await once(locker.stdout, "data");
		const names = ["a", "b", "c", "d"];
		const results = await Promise.all(names.map((name) => tool.run("user", "add", name)));
		assert.deepEqual(
			results.map(({ error }) => error),
			names.map(() => ""),
		);
	},
);

test("a port in use and a folder that can't be made are told in a sentence", async (context) => {
	const tool = createTool(context);
	const serving = await tool.serve("--json", ...somewhere);
	const place = "127.0.0.1:" + portOf(serving);
	const second = await tool.run("serve", "--listen", place);
	assert.equal(second.code, 1);
	assert.equal(
		second.error,
		`opendms: ${place} is in use. Stop what uses it, or choose another: --listen\n`,
	);
	await serving.stop();
	const nowhere = await tool.run("--data", "/dev/null/x", "user", "list");
	assert.equal(nowhere.code, 1);
	assert.match(nowhere.error, /^opendms: .*\/dev\/null\/x.*\n$/);
});

test("cert shows the CA that tokens pin, and issues files for a proxy", async (context) => {
	const tool = createTool(context);
	await (await tool.serve(...somewhere)).stop();
	const shown = await tool.json("cert", "show");
	const made = await tool.json("token", "provision");
	const token = parseToken(String(made.token), { sha256 });
	assert.equal(Buffer.from(token?.fingerprint ?? []).toString("hex"), shown.fingerprint);
	assert.equal(shown.pem, await tool.authority());
	const words = ["cert", "issue", "proxy.example.com", "192.0.2.9", "--out", tool.folder];
	const issued = await tool.json(...words);
	assert.equal(statSync(String(issued.key)).mode & 0o777, 0o600);
	const again = await tool.run(...words);
	assert.equal(again.code, 1);
	assert.match(again.error, /exists/);
});

test("openssl verifies what cert issue makes", { skip: without("openssl") }, async (context) => {
	const tool = createTool(context);
	await (await tool.serve(...somewhere)).stop();
	const name = "proxy.example.com";
	const { cert } = await tool.json("cert", "issue", name, "--out", tool.folder);
	const authority = join(tool.folder, "authority.pem");
	writeFileSync(authority, await tool.authority());
	const check = ["verify", "-x509_strict", "-verify_hostname", name, "-CAfile", authority];
	assert.match(execFileSync("openssl", [...check, String(cert)], { encoding: "utf8" }), /OK/);
});

test("help lists every command", async (context) => {
	const tool = createTool(context);
	const { code, out } = await tool.run("--help");
	assert.equal(code, 0);
	for (const name of ["serve", "user", "product", "token", "device", "cert", "audit"]) {
		assert.match(out, new RegExp("\\n  " + name));
	}
});

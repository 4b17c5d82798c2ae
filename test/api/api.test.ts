/** The API, as programs elsewhere meet it: who may ask for what, and what they are told. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { createApi } from "../../hosts/dms/api/api.js";
import { apiPath, openApiDocument } from "../../hosts/dms/api/openapi.js";
import { pathFieldsOf } from "../../hosts/dms/api/operation.js";
import { operations } from "../../hosts/dms/api/operations.js";
import { roles } from "../../hosts/dms/storage/schema.js";
import { openBench } from "../dms/bench.js";
import { secondsPerDay } from "../dms/clock.js";

async function createClient(context: TestContext) {
	const bench = await openBench(context);
	const { service } = bench;
	const api = createApi(service);
	const tokens = new Map<string, string>();
	for (const role of roles) {
		const user = role === "owner" ? "alice" : undefined;
		tokens.set(role, (await service.apiTokens.add({ name: role, role, user })).token);
	}
	const ask = async (role: string, method: string, path: string, body?: object | Uint8Array) => {
		const token = tokens.get(role) ?? role;
		const content = body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
		const response = await api.request(apiPath + path, {
			method,
			headers: token === "" ? {} : { authorization: "Bearer " + token },
			...(body !== undefined && { body: content }),
		});
		const text = await response.text();
		return { status: response.status, headers: response.headers, value: JSON.parse(text) };
	};
	const text = async (path: string, role?: string): Promise<string> => {
		const headers = role === undefined ? {} : { authorization: "Bearer " + tokens.get(role) };
		const response = await api.request(path, { headers });
		return response.status + " " + (await response.text());
	};
	return { ...bench, api, ask, text };
}

/** What only the right role may send, and what is good for nothing. */
const pathOf = (path: string): string => path.replace(/\{(\w+)\}/g, "none");

test("the OpenAPI document is one", async () => {
	const { valid, errors } = await new Validator().validate(openApiDocument());
	assert.ok(valid, JSON.stringify(errors));
	const { tags, paths } = openApiDocument() as { tags: { name: string }[]; paths: object };
	const grouped = Object.values(paths).flatMap((methods: object) => Object.values(methods));
	const used = new Set(grouped.map(({ tags: [name] }: { tags: [string] }) => name));
	assert.deepEqual(used, new Set(tags.map(({ name }) => name)), "a subject for each operation");
});

test("each shape that has a name says what it is", () => {
	const { schemas } = Object(openApiDocument()["components"]);
	for (const [name, schema] of Object.entries(schemas)) {
		assert.equal(Object(schema).type, "object", name + " " + JSON.stringify(schema));
	}
});

test("nobody is served without a token that is good", async (context) => {
	const { ask, service } = await createClient(context);
	const { token } = await service.apiTokens.add({ name: "gone", role: "admin" });
	await service.apiTokens.revoke("gone");
	for (const text of ["", "opendms_none", token]) {
		for (const { method, path } of operations.filter(({ isOpen }) => !isOpen)) {
			const { status, headers, value } = await ask(text, method, pathOf(path));
			assert.equal(status, 401, path);
			assert.equal(headers.get("www-authenticate"), "Bearer");
			assert.equal(value.rule, "token");
		}
	}
});

test("a token ends with its time, and with its owner", async (context) => {
	const { ask, service, clock } = await createClient(context);
	const { token } = await service.apiTokens.add({ name: "short", role: "viewer", lifeSeconds: 60 });
	assert.equal((await ask(token, "GET", "/users")).status, 200);
	clock.advance(60);
	assert.equal((await ask(token, "GET", "/users")).status, 401);
	await service.products.set("ACME-LAMP", { owner: "bob" });
	await service.users.remove("alice");
	assert.equal((await ask("owner", "GET", "/devices")).status, 401);
});

test("what is wrong is told by RFC 9457, with our rule", async (context) => {
	const { ask } = await createClient(context);
	const cases = [
		["POST", "/users", {}, 422, "input", /^name: /],
		["POST", "/users", { name: "carol", admin: true }, 422, "input", /admin/],
		["POST", "/users", { name: "Carol!" }, 422, "name", /letters/],
		["POST", "/users", { name: "alice" }, 409, "user-exists", /alice/],
		["DELETE", "/users/carol", undefined, 404, "user-unknown", /carol/],
		["DELETE", "/users/alice", { name: "bob" }, 422, "input", /in the path/],
		["GET", "/devices?isLocked=perhaps", undefined, 422, "input", /isLocked/],
		["GET", "/devices?colour=red", undefined, 422, "input", /colour/],
		["POST", "/bundles", new Uint8Array(10), 422, "bundle", /no bundle/],
		["GET", "/nothing", undefined, 404, "route", /openapi\.json/],
	] as const;
	for (const [method, path, body, status, rule, detail] of cases) {
		const answer = await ask("admin", method, path, body);
		assert.equal(answer.headers.get("content-type"), "application/problem+json");
		assert.equal(answer.status, status, path);
		const { type, title, ...rest } = answer.value;
		assert.equal(type, "about:blank");
		assert.ok(title.length > 0);
		assert.equal(rest.rule, rule);
		assert.match(rest.detail, detail);
	}
});

test("a body that is too long or no JSON changes nothing", async (context) => {
	const { api, service } = await createClient(context);
	const { token } = await service.apiTokens.add({ name: "a", role: "admin" });
	for (const [body, status] of [
		["{", 422],
		["[]", 422],
		['"a"', 422],
		["\xff\xfe", 422],
		["x".repeat(18 * 2 ** 20), 413],
	] as const) {
		const headers = { authorization: "Bearer " + token };
		const response = await api.request(apiPath + "/users", { method: "POST", headers, body });
		assert.equal(response.status, status);
	}
	assert.equal((await service.users.list()).length, 2);
});

test("nothing is read of who may not ask, nor more than an answer needs", async (context) => {
	const { api, service } = await createClient(context);
	const { token } = await service.apiTokens.add({ name: "a", role: "admin" });
	for (const [path, authorization, status] of [
		["/bundles", "Bearer none", 401],
		["/users", "Bearer " + token, 413],
	] as const) {
		let pulled = 0;
		const body = new ReadableStream({
			pull(controller) {
				pulled++;
				controller.enqueue(new Uint8Array(2 ** 16));
			},
		});
		const headers = { authorization };
		const request = { method: "POST", headers, body, duplex: "half" } as const;
		const response = await api.request(apiPath + path, request);
		assert.equal(response.status, status);
		assert.ok(pulled <= 4, pulled + " pieces of 64 KiB were read");
	}
});

test("each request is in the log, with who asked and the rule that refused", async (context) => {
	const { ask, log } = await createClient(context);
	await ask("admin", "GET", "/users");
	await ask("viewer", "POST", "/users", { name: "carol" });
	await ask("opendms_none", "DELETE", "/users/alice");
	const entries = log.filter(({ kind }) => kind === "request").slice(-3);
	const path = apiPath + "/users";
	for (const [index, expected] of [
		{ method: "GET", path, status: 200, who: "api:admin" },
		{ method: "POST", path, status: 403, rule: "role", who: "api:viewer" },
		{ method: "DELETE", path: path + "/{name}", status: 401, rule: "token" },
	].entries()) {
		const { kind: _, milliseconds, ...entry } = Object(entries[index]);
		assert.ok(milliseconds >= 0);
		assert.deepEqual(JSON.parse(JSON.stringify(entry)), expected);
	}
});

test("whoever did it is named in the audit log, also when many act at once", async (context) => {
	const { ask, service } = await createClient(context);
	const names = ["carol", "dave", "erin", "frank"];
	await Promise.all(
		names.map((name, index) =>
			ask(index % 2 === 0 ? "admin" : "operator", "POST", "/users", { name }),
		),
	);
	for (const [index, name] of names.entries()) {
		const entries = await service.audit(100);
		const entry = entries.find(
			({ subject, action }) => subject === "user:" + name && action === "user.add",
		);
		assert.equal(entry?.actor, index % 2 === 0 ? "api:admin" : "api:operator");
	}
});

test("an owner sees and claims his own devices; others aren't there for him", async (context) => {
	const { ask, claimed } = await createClient(context);
	const { uuid: his } = await claimed("alice");
	const { uuid: other } = await claimed("bob");
	const { value } = await ask("owner", "GET", "/devices?owner=bob");
	assert.deepEqual(
		value.map(({ uuid }: { uuid: string }) => uuid),
		[his],
	);
	assert.equal((await ask("owner", "GET", "/devices/" + his)).value.owner, "alice");
	for (const [method, path] of [
		["GET", "/devices/" + other],
		["POST", `/devices/${other}/release`],
		["GET", "/devices/none"],
	] as const) {
		const { status, value: said } = await ask("owner", method, path);
		assert.equal(status, 404);
		assert.equal(said.rule, "device-unknown");
	}
	assert.equal((await ask("owner", "POST", "/tokens/claim", { user: "bob" })).status, 403);
	assert.equal((await ask("owner", "POST", "/tokens/claim", { user: "alice" })).status, 200);
	assert.equal((await ask("owner", "POST", `/devices/${his}/release`)).status, 200);
	assert.deepEqual((await ask("owner", "GET", "/devices")).value, []);
});

test("figures are for who may look at everything", async (context) => {
	const { text, claimed } = await createClient(context);
	await claimed("alice");
	assert.match(await text("/metrics"), /^401 /);
	assert.match(await text("/metrics", "owner"), /^403 /);
	const figures = await text("/metrics", "viewer");
	assert.match(figures, /^opendms_devices\{product="",version="[^"]*",state="provisioned"\} 1$/m);
	assert.match(figures, /^opendms_authority_expires_seconds\{authority="[0-9a-f]{16}"\} \d+$/m);
});

test("whoever asks hears whether it lives, and whether it can serve", async (context) => {
	const { text, clock } = await createClient(context);
	assert.equal(await text("/healthz"), "200 ok\n");
	assert.equal(await text("/readyz"), "200 ok\n");
	clock.advance(40 * 365 * secondsPerDay);
	assert.equal(await text("/healthz"), "200 ok\n");
	assert.match(await text("/readyz"), /^503 .*"rule":"authority"/);
});

test("no value of any field is a fault of the service", async (context) => {
	const { ask, log } = await createClient(context);
	const values = [
		null,
		"",
		"x".repeat(5_000),
		"../..",
		"%00",
		"\0",
		"🦔",
		-1,
		0,
		1e308,
		true,
		[],
		{},
	];
	for (const { id, method, path, input, body } of operations) {
		const fields = Object.keys(input.shape);
		for (const field of fields) {
			for (const value of values) {
				const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
					encodeURIComponent(name === field ? String(value) : "none"),
				);
				const rest = Object.fromEntries(fields.map((name) => [name, name === field ? value : "a"]));
				for (const name of pathFieldsOf({ path })) delete rest[name];
				const isQuery = method === "GET" || body !== undefined;
				const query = isQuery ? "?" + new URLSearchParams(Object.entries(rest).map(textOf)) : "";
				const { status } = await ask("admin", method, filled + query, isQuery ? undefined : rest);
				assert.ok(status < 500, `${id}: ${field} ${JSON.stringify(value)}: ${status}`);
			}
		}
	}
	assert.deepEqual(
		log.filter(({ kind }) => kind === "fault"),
		[],
	);
});

function textOf([name, value]: [string, unknown]): [string, string] {
	return [name, String(value)];
}

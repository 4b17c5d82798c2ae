/** Every route, asked by every role in every way: who is served, and what the others hear. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { apiPath } from "../../hosts/dms/api/openapi.js";
import type { Operation } from "../../hosts/dms/api/operation.js";
import { operations } from "../../hosts/dms/api/operations.js";
import { type TokenRole, roles, tokenRoles } from "../../hosts/dms/storage/schema.js";
import { openBench } from "../dms/bench.js";

const origin = "http://127.0.0.1:8444";
const visitor = { address: "192.0.2.1", agent: "" };

/** How somebody comes: each gives the headers of one request. */
const ways = [
	"bearer",
	"session",
	"session of an old browser",
	"session from another site",
] as const;
type Way = (typeof ways)[number];

const siteHeaders: { readonly [way in Way]: { readonly [name: string]: string } } = {
	bearer: {},
	session: { "sec-fetch-site": "same-origin" },
	"session of an old browser": { origin },
	"session from another site": { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
};

/** What else a page elsewhere, or a stranger, can send with somebody's cookie. */
const foreignHeaders: readonly { readonly [name: string]: string }[] = [
	{},
	{ "sec-fetch-site": "same-site", origin: "http://127.0.0.1:9000" },
	{ "sec-fetch-site": "cross-site" },
	{ "sec-fetch-site": "" },
	{ origin: "null" },
	{ origin: "http://127.0.0.1" },
	{ origin: origin + ".evil.example" },
	{ referer: origin },
];

type Outcome = "served" | "token" | "role" | "origin";

function expected(
	{ method, roles: allowed, isOpen }: Operation,
	role: TokenRole,
	way: Way,
): Outcome {
	const isForeign = way === "session from another site";
	if (isOpen) return isForeign ? "origin" : "served";
	if (isForeign && method !== "GET") return "origin";
	return allowed.includes(role) ? "served" : "role";
}

async function openTable(context: TestContext) {
	const { service } = await openBench(context);
	const api = createApi(service);
	const tokens = new Map<TokenRole, string>();
	for (const role of tokenRoles) {
		if (role !== "station") await service.users.add(role, { role });
		const user = role === "owner" ? role : undefined;
		tokens.set(role, (await service.apiTokens.add({ name: role, role, user })).token);
	}
	/** A cookie for each request: some end the session. */
	const headersOf = async (role: TokenRole, way: Way): Promise<{ [name: string]: string }> => {
		if (way === "bearer") return { authorization: "Bearer " + tokens.get(role) };
		const { cookie } = await service.sessions.begin(role, visitor);
		return { ...siteHeaders[way], cookie: "opendms-8444=" + cookie };
	};
	const ask = async (
		{ method, path }: Pick<Operation, "method" | "path">,
		headers: { readonly [name: string]: string },
	): Promise<{ readonly outcome: Outcome; readonly status: number }> => {
		const response = await api.request(origin + apiPath + path.replace(/\{(\w+)\}/g, "none"), {
			...{ method, headers },
			...(method !== "GET" && { body: "{}" }),
		});
		const { status } = response;
		const { rule }: { rule?: string } = JSON.parse(await response.text());
		const isRefused = status === 401 || status === 403;
		return { status, outcome: isRefused && isOutcome(rule) ? rule : "served" };
	};
	return { api, ask, headersOf };
}

function isOutcome(rule: string | undefined): rule is Outcome {
	return rule === "token" || rule === "role" || rule === "origin";
}

test("every route serves the roles that it names, in every way", async (context) => {
	const { ask, headersOf } = await openTable(context);
	let cells = 0;
	for (const one of operations) {
		for (const role of tokenRoles) {
			// Nobody logs in as one: it is of tokens alone.
			for (const way of role === "station" ? (["bearer"] as const) : ways) {
				const { status, outcome } = await ask(one, await headersOf(role, way));
				assert.equal(outcome, expected(one, role, way), `${one.id}, ${role}, ${way}: ${status}`);
				assert.ok(status < 500, `${one.id}, ${role}, ${way}: ${status}`);
				cells++;
			}
		}
	}
	assert.equal(cells, operations.length * (roles.length * ways.length + 1));
	const ofStations = operations.filter(({ roles: allowed }) => allowed.includes("station"));
	assert.deepEqual(
		ofStations.map(({ id }) => id),
		["showBatch", "addBoard", "finishBoard"],
	);
});

test("without a token or a session only routes for everybody serve", async (context) => {
	const { ask } = await openTable(context);
	const nothing: readonly { readonly [name: string]: string }[] = [
		{},
		{ authorization: "" },
		{ authorization: "Basic YWxpY2U6YWxpY2U=" },
		{ authorization: "Bearer opendms_none" },
		{ cookie: "opendms-8444=none" },
		{ cookie: "opendms-8444=" + "A".repeat(43), "sec-fetch-site": "same-origin" },
	];
	for (const one of operations) {
		for (const headers of nothing) {
			const { outcome } = await ask(one, headers);
			assert.equal(outcome, one.isOpen ? "served" : "token", one.id);
		}
	}
});

test("figures are for who may look at everything, in every way", async (context) => {
	const { api, headersOf } = await openTable(context);
	for (const role of roles) {
		for (const way of ways) {
			const headers = await headersOf(role, way);
			const { status } = await api.request(origin + "/metrics", { headers });
			assert.equal(status, role === "owner" ? 403 : 200, role + ", " + way);
		}
	}
	assert.equal((await api.request(origin + "/metrics")).status, 401);
});

test("a cookie changes something for our own page alone", async (context) => {
	const { ask, headersOf } = await openTable(context);
	for (const one of operations.filter(({ method, isOpen }) => method !== "GET" && !isOpen)) {
		const { cookie = "" } = await headersOf("admin", "session");
		for (const headers of foreignHeaders) {
			const { outcome } = await ask(one, { ...headers, cookie });
			assert.equal(outcome, "origin", one.id + " " + JSON.stringify(headers));
		}
	}
});

test("a token that isn't good isn't made up for by a cookie", async (context) => {
	const { ask, headersOf } = await openTable(context);
	const headers = await headersOf("admin", "session");
	const one = { method: "GET", path: "/users" } as const;
	assert.equal((await ask(one, headers)).status, 200);
	const { status } = await ask(one, { ...headers, authorization: "Bearer opendms_none" });
	assert.equal(status, 401);
});

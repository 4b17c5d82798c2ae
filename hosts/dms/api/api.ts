/** The API: who asks is looked up, what is asked is checked, and the service does it. */

import { type Context as Exchange, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { actAs } from "../administration/change.js";
import { jsonText } from "../json.js";
import type { Service } from "../service.js";
import type { Role } from "../storage/schema.js";
import { Metrics } from "./metrics.js";
import { apiPath, openApiDocument } from "./openapi.js";
import { type Caller, type Operation, pathFieldsOf } from "./operation.js";
import { all } from "./operations/access.js";
import { operations } from "./operations.js";
import { InputError, type Problem, problemOf, problemOfError } from "./problem.js";

/** A bundle of the largest slot, and something around it. */
const bodyBytesMaximum = 17 * 2 ** 20;

export function createApi(service: Service, metrics = new Metrics()): Hono {
	const app = new Hono();
	const document = openApiDocument();
	app.get("/healthz", (exchange) => exchange.text("ok\n"));
	app.get("/readyz", async (exchange) => {
		const { problem } = await service.certificates.show();
		if (problem !== undefined) return send(exchange, problemOf(503, "authority", problem));
		await service.products.list(); // The database answers.
		return exchange.text("ok\n");
	});
	app.get("/metrics", async (exchange) => {
		const caller = await callerOf(service, exchange);
		if (caller === undefined) return unknownCaller(exchange);
		if (!all.includes(caller.role)) return otherRole(exchange, all, caller);
		return exchange.body(await metrics.text(service), 200, { "content-type": metrics.contentType });
	});
	app.get(apiPath + "/openapi.json", (exchange) => exchange.json(document));
	app.use(bodyLimit({ maxSize: bodyBytesMaximum, onError: (exchange) => tooLong(exchange) }));
	for (const one of operations) {
		const path = apiPath + one.path.replace(/\{(\w+)\}/g, ":$1");
		app.on(one.method, path, (exchange) => answer(service, one, exchange));
	}
	app.notFound((exchange) => {
		const route = exchange.req.method + " " + exchange.req.path;
		const detail = `There is no ${route}. See ${apiPath}/openapi.json`;
		return send(exchange, problemOf(404, "route", detail));
	});
	app.onError((error, exchange) => {
		const problem = problemOfError(error);
		if (problem !== undefined) return send(exchange, problem);
		service.log({ kind: "fault", during: exchange.req.method + " " + exchange.req.path, error });
		return send(exchange, problemOf(500, "fault", "The service failed; its log has the reason."));
	});
	return app;
}

async function answer(service: Service, one: Operation, exchange: Exchange): Promise<Response> {
	const caller = await callerOf(service, exchange);
	if (caller === undefined) return unknownCaller(exchange);
	if (!one.roles.includes(caller.role)) return otherRole(exchange, one.roles, caller);
	const body = one.body === undefined ? new ArrayBuffer() : await exchange.req.arrayBuffer();
	const bytes = new Uint8Array(body);
	const input = one.input.parse(await inputOf(one, exchange));
	const made = await actAs("api:" + caller.name, () => one.run({ service, caller, bytes }, input));
	exchange.header("cache-control", "no-store");
	return exchange.body(jsonText(made ?? {}), 200, { "content-type": "application/json" });
}

function unknownCaller(exchange: Exchange): Response {
	exchange.header("www-authenticate", "Bearer");
	const detail = "Say who you are, with a token that is good: Authorization: Bearer <API token>";
	return send(exchange, problemOf(401, "token", detail));
}

function otherRole(exchange: Exchange, roles: readonly Role[], { name, role }: Caller): Response {
	const detail = `This is for ${roles.join(", ")}; the token ${name} is ${role}.`;
	return send(exchange, problemOf(403, "role", detail));
}

async function callerOf(service: Service, { req }: Exchange): Promise<Caller | undefined> {
	const [, text] = /^bearer +([\x21-\x7e]{1,256})$/i.exec(req.header("authorization") ?? "") ?? [];
	return text === undefined ? undefined : service.apiTokens.find(text);
}

/** The fields of path, query and body together. */
async function inputOf(one: Operation, { req }: Exchange): Promise<object> {
	const path = req.param();
	const hasBody = one.method !== "GET" && one.body === undefined;
	const text = hasBody ? await req.text() : "";
	const fields = hasBody ? objectIn(text === "" ? "{}" : text) : req.query();
	const twice = pathFieldsOf(one).find((name) => Object.hasOwn(fields, name));
	if (twice === undefined) return { ...fields, ...path };
	throw new InputError(twice + " is in the path; leave it out elsewhere.");
}

function objectIn(text: string): object {
	const value: unknown = parse(text);
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
	throw new InputError("The body must be a JSON object.");
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function tooLong(exchange: Exchange): Response {
	return send(exchange, problemOf(413, "length", "That is longer than any bundle can be."));
}

function send(exchange: Exchange, problem: Problem): Response {
	if (problem.status === 503) exchange.header("retry-after", "1");
	exchange.header("content-type", "application/problem+json");
	return new Response(JSON.stringify(problem), {
		status: problem.status,
		headers: exchange.res.headers,
	});
}

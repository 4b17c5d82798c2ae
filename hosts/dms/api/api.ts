/** The API: who asks is looked up, what is asked is checked, and the service does it. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { actAs } from "../administration/change.js";
import { jsonText } from "../json.js";
import { unknownPath } from "../log.js";
import type { Service } from "../service.js";
import type { Role } from "../storage/schema.js";
import { Metrics } from "./metrics.js";
import { apiPath, openApiDocument } from "./openapi.js";
import { type Caller, type Operation, pathFieldsOf } from "./operation.js";
import { all } from "./operations/access.js";
import { operations } from "./operations.js";
import { InputError, type Problem, problemOf, problemOfError } from "./problem.js";

/** A bundle of the largest slot, and something around it. */
const bytesMaximum = 17 * 2 ** 20;
const jsonBytesMaximum = 64 * 2 ** 10;

interface Env {
	readonly Variables: {
		caller: Caller;
		/** The operation's path, with names in place of what was asked for. */
		route: string;
		/** The rule that refused. */
		rule: string;
	};
}

type Exchange = Context<Env>;
type Handler = MiddlewareHandler<Env>;

export function createApi(service: Service, metrics = new Metrics()): Hono<Env> {
	const app = new Hono<Env>();
	const document = openApiDocument();
	app.get("/healthz", (exchange) => exchange.text("ok\n"));
	app.get("/readyz", async (exchange) => {
		const { problem } = service.certificates.show();
		if (problem !== undefined) return send(exchange, problemOf(503, "authority", problem));
		await service.products.list(); // The database answers.
		return exchange.text("ok\n");
	});
	app.get("/metrics", allowed(service, all), async (exchange) =>
		exchange.body(await metrics.text(service), 200, { "content-type": metrics.contentType }),
	);
	app.get(apiPath + "/openapi.json", (exchange) => exchange.json(document));
	app.use(apiPath + "/*", logged(service));
	for (const one of operations) {
		const path = apiPath + one.path.replace(/\{(\w+)\}/g, ":$1");
		const maxSize = one.body === undefined ? jsonBytesMaximum : bytesMaximum;
		// Nothing is read of who may not ask.
		const checks = [named(apiPath + one.path), allowed(service, one.roles)] as const;
		const limit = bodyLimit({ maxSize, onError: (exchange) => tooLong(exchange, maxSize) });
		app.on([one.method], [path], ...checks, limit, (exchange) => answer(service, one, exchange));
	}
	app.notFound((exchange) => {
		const route = exchange.req.method + " " + exchange.req.path;
		const detail = `There is no ${route}. See ${apiPath}/openapi.json`;
		return send(exchange, problemOf(404, "route", detail));
	});
	app.onError((error, exchange) => {
		const problem = problemOfError(error);
		if (problem !== undefined) return send(exchange, problem);
		const during = exchange.req.method + " " + (exchange.get("route") ?? unknownPath);
		service.log({ kind: "fault", during, error });
		return send(exchange, problemOf(500, "fault", "The service failed; its log has the reason."));
	});
	return app;
}

/** An entry for each request; as with devices', nothing of what was asked for is in it. */
function logged({ log }: Service): Handler {
	return async (exchange, next) => {
		const begin = performance.now();
		await next();
		const caller = exchange.get("caller");
		log({
			kind: "request",
			method: exchange.req.method,
			path: exchange.get("route") ?? unknownPath,
			status: exchange.res.status,
			rule: exchange.get("rule"),
			who: caller && actorOf(caller),
			milliseconds: Math.round(performance.now() - begin),
		});
	};
}

function named(route: string): Handler {
	return async (exchange, next) => {
		exchange.set("route", route);
		await next();
	};
}

/** Lets through who has a good token, of one of these roles. */
function allowed(service: Service, roles: readonly Role[]): Handler {
	return async (exchange, next) => {
		const caller = await callerOf(service, exchange);
		if (caller === undefined) {
			exchange.header("www-authenticate", "Bearer");
			const detail =
				"Say who you are, with a token that is good: Authorization: Bearer <API token>";
			return send(exchange, problemOf(401, "token", detail));
		}
		exchange.set("caller", caller);
		if (roles.includes(caller.role)) return next();
		const { name, role } = caller;
		const detail = `This is for ${roles.join(", ")}; the token ${name} is ${role}.`;
		return send(exchange, problemOf(403, "role", detail));
	};
}

async function callerOf(service: Service, { req }: Exchange): Promise<Caller | undefined> {
	const [, text] = /^bearer +([\x21-\x7e]{1,256})$/i.exec(req.header("authorization") ?? "") ?? [];
	return text === undefined ? undefined : service.apiTokens.find(text);
}

/** Who acts, in the log and in the audit log. */
function actorOf({ name }: Caller): string {
	return "api:" + name;
}

async function answer(service: Service, one: Operation, exchange: Exchange): Promise<Response> {
	const caller = exchange.get("caller");
	const body = one.body === undefined ? new ArrayBuffer() : await exchange.req.arrayBuffer();
	const bytes = new Uint8Array(body);
	const input = one.input.parse(await inputOf(one, exchange));
	const made = await actAs(actorOf(caller), () => one.run({ service, caller, bytes }, input));
	exchange.header("cache-control", "no-store");
	return exchange.body(jsonText(made ?? {}), 200, { "content-type": "application/json" });
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

function tooLong(exchange: Context, bytes: number): Response {
	const detail = `That is longer than what is taken here: ${bytes} bytes.`;
	return send(exchange, problemOf(413, "length", detail));
}

function send(exchange: Context, problem: Problem): Response {
	exchange.set("rule", problem.rule);
	if (problem.status === 503) exchange.header("retry-after", "1");
	exchange.header("content-type", "application/problem+json");
	return new Response(JSON.stringify(problem), {
		status: problem.status,
		headers: exchange.res.headers,
	});
}

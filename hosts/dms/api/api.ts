/** The API: who asks is looked up, what is asked is checked, and the service does it. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { actAs, type Repeat } from "../administration/change.js";
import { toHex } from "../../../src/encoding/bytes.js";
import { type ByteSource, digestOfSource, sourceOf } from "../byte-source.js";
import { digestOf } from "../digest.js";
import { jsonText } from "../json.js";
import { unknownPath } from "../log.js";
import type { Service } from "../service.js";
import { actorOf, type Caller, nobody } from "../people/caller.js";
import { LogInWait } from "../people/log-in-limits.js";
import type { Oidc } from "../people/oidc.js";
import { callbackPath } from "../people/oidc-settings.js";
import { oidcPath, oidcRoutes } from "../people/oidc-routes.js";
import { type Visit, Visits } from "../people/visits.js";
import type { Live } from "../page/live.js";
import { onPage } from "../page/commands.js";
import { sendFile, sendProblem } from "../page/exchange.js";
import { pageRoutes } from "../page/page.js";
import type { Download } from "../storage/image-stream.js";
import { allowedMethods, type Route } from "./allowed-methods.js";
import { Metrics } from "./metrics.js";
import { apiPath, openApiDocument } from "./openapi.js";
import { requireLoopback } from "./loopback.js";
import { isRepeatable, type Operation, pathFieldsOf } from "./operation.js";
import { all } from "./operations/access.js";
import { operations } from "./operations.js";
import { type Env, logged, named, naming } from "./request-log.js";
import { idempotencyKeyIn } from "./idempotency-keys.js";
import { spooled } from "./spool.js";
import {
	InputError,
	LengthError,
	type Problem,
	problemOf,
	problemOfError,
	received,
} from "./problem.js";

const jsonBytesMaximum = 64 * 2 ** 10;

type Exchange = Context<Env>;
type Handler = MiddlewareHandler<Env>;

export interface ApiOptions {
	readonly metrics?: Metrics | undefined;
	/** Who the browsers are: the page has the same. */
	readonly visits?: Visits | undefined;
	/** It is reached from this machine alone, by the machine's own names. */
	readonly isLocal?: boolean;
	/** Log-in by an identity provider, where there is one. */
	readonly oidc?: Oidc | undefined;
	/** What tells pages that are open of changes. */
	readonly live?: Live | undefined;
}

export function createApi(service: Service, options: ApiOptions = {}): Hono<Env> {
	const { metrics = new Metrics(), visits = new Visits(service.sessions) } = options;
	const { oidc, live, isLocal } = options;
	const app = new Hono<Env>();
	const document = openApiDocument();
	const limit = bodyLimit({ maxSize: jsonBytesMaximum, onError: tooLong });
	if (isLocal) app.use(requireLoopback(async (exchange: Exchange) => sendMisdirected(exchange)));
	app.use(kept);
	app.get("/healthz", (exchange) => exchange.text("ok\n"));
	app.get("/readyz", async (exchange) => {
		const { problem } = service.certificates.show();
		if (problem !== undefined) return send(exchange, problemOf(503, "authority", problem));
		await service.products.list(); // The database answers.
		return exchange.text("ok\n");
	});
	app.get("/metrics", allowed(service, visits, { roles: all }), async (exchange) =>
		exchange.body(await metrics.text(service), 200, { "content-type": metrics.contentType }),
	);
	app.get(apiPath + "/openapi.json", (exchange) => exchange.json(document));
	app.use(apiPath + "/*", logged(service));
	for (const one of operations) {
		const path = apiPath + one.path.replace(/\{(\w+)\}/g, ":$1");
		// Nothing is read of who may not ask.
		const checks = [named(apiPath + one.path), allowed(service, visits, one)] as const;
		const last = one.body === undefined ? limit : requireShort(one);
		app.on([one.method], [path], ...checks, last, (exchange) => answer(service, one, exchange));
	}
	if (oidc !== undefined) {
		for (const path of [oidcPath, callbackPath]) app.use(path, named(path), logged(service));
		app.route("/", oidcRoutes(oidc, visits, sendRefusedLogIn));
	}
	app.route("/", pageRoutes(service, visits, { provider: oidc && oidcPath, live }));
	app.notFound((exchange) => sendNotFound(exchange, visits));
	app.onError((error, exchange) => {
		const during = exchange.req.method + " " + (exchange.get("route") ?? unknownPath);
		if (problemOfError(error) === undefined) service.log({ kind: "fault", during, error });
		return sendError(exchange, error);
	});
	return app;
}

/** What is answered is for who asks, unless it says itself how long anybody may keep it. */
const kept: Handler = async (exchange, next) => {
	await next();
	const { headers } = exchange.res;
	if (!headers.has("cache-control")) exchange.header("cache-control", "no-store");
	if (!headers.has("x-content-type-options")) exchange.header("x-content-type-options", "nosniff");
};

async function sendNotFound(exchange: Exchange, visits: Visits): Promise<Response> {
	const route = exchange.req.method + " " + exchange.req.path;
	if (isOfBrowser(exchange)) {
		const visit = await visits.of(exchange);
		if (visit.session !== undefined) exchange.set("caller", visit.session.caller);
		const detail = "There is no such page. The address may be mistyped, or of an older release.";
		return sendProblem(exchange, problemOf(404, "route", detail));
	}
	const allowed = allowedMethods(routes, exchange.req.path);
	if (allowed !== undefined) {
		exchange.header("allow", allowed);
		return send(exchange, problemOf(405, "route", `There is no ${route}, but ${allowed}.`));
	}
	const detail = `There is no ${route}. See ${apiPath}/openapi.json`;
	return send(exchange, problemOf(404, "route", detail));
}

const routes: readonly Route[] = [
	...operations.map(({ method, path }) => ({ method, path: apiPath + path })),
	...["/healthz", "/readyz", "/metrics", apiPath + "/openapi.json"].map(
		(path) => ({ method: "GET", path }) as const,
	),
];

/** A person reads it, and not a program. */
function isOfBrowser({ req }: Context): boolean {
	return !req.path.startsWith(apiPath) && /\btext\/html\b/.test(req.header("accept") ?? "");
}

function sendError(exchange: Exchange, error: Error): Response {
	if (error instanceof LogInWait) exchange.header("retry-after", String(error.seconds));
	const fault = problemOf(500, "fault", "The service failed; its log has the reason.");
	const problem = problemOfError(error) ?? fault;
	// A script of the page asks in the name of who has logged in there.
	const isPage = exchange.get("caller")?.kind === "user";
	return send(exchange, isPage ? { ...problem, detail: onPage(problem.detail) } : problem);
}

/** Whom the identity provider hasn't sent back with what it should: mostly a person. */
function sendRefusedLogIn(exchange: Context, error: Error): Response | Promise<Response> {
	const problem = isOfBrowser(exchange) ? problemOfError(error) : undefined;
	return problem === undefined ? sendError(exchange, error) : sendProblem(exchange, problem);
}

/** Lets through who has a good token, or has logged in at our own page, in one of these roles. */
function allowed(
	service: Service,
	visits: Visits,
	{ roles, isOpen }: Pick<Operation, "roles" | "isOpen">,
): Handler {
	return async (exchange, next) => {
		const visit = await visits.of(exchange);
		exchange.set("visit", visit);
		if (isOpen) {
			exchange.set("visit", naming(exchange, visit));
			return visits.siteOf(exchange) === "other" ? sendElsewhere(exchange) : next();
		}
		const caller = await callerOf(service, exchange, visit);
		if (caller === undefined) return sendUnknown(exchange);
		exchange.set("caller", caller);
		if (caller.kind === "user" && !visits.isTrusted(exchange)) return sendElsewhere(exchange);
		if (roles.includes(caller.role)) return next();
		const { kind, name, role } = caller;
		const who = kind === "user" ? "you are" : `the token ${name} is`;
		const detail = `This is for ${roles.join(", ")}; ${who} ${role}.`;
		return send(exchange, problemOf(403, "role", detail));
	};
}

/** A token that is sent counts, good or not, and a cookie beside it doesn't. */
async function callerOf(
	service: Service,
	{ req }: Exchange,
	{ session }: Visit,
): Promise<Caller | undefined> {
	const authorization = req.header("authorization");
	if (authorization === undefined) return session?.caller;
	const [, text] = /^bearer +([\x21-\x7e]{1,256})$/i.exec(authorization) ?? [];
	const token = text === undefined ? undefined : await service.apiTokens.find(text);
	return token && { kind: "api", name: token.name, role: token.role, user: token.user };
}

function sendUnknown(exchange: Exchange): Response {
	exchange.header("www-authenticate", "Bearer");
	const detail =
		"Say who you are, with a token that is good: Authorization: Bearer <API token>, or log in.";
	return send(exchange, problemOf(401, "token", detail));
}

function sendElsewhere(exchange: Exchange): Response {
	const detail =
		"Another page has asked this in your name. Ask on the service's own page, or with a token.";
	return send(exchange, problemOf(403, "origin", detail));
}

function sendMisdirected(exchange: Exchange): Response | Promise<Response> {
	const detail =
		"This is another machine's name. Ask by localhost or 127.0.0.1, or say how people reach it: " +
		"opendms serve --behind-proxy <url>";
	const problem = problemOf(421, "host", detail);
	return isOfBrowser(exchange) ? sendProblem(exchange, problem) : send(exchange, problem);
}

/** Says at once that a file is too long, where its length is said. */
function requireShort({ bytesMaximum = jsonBytesMaximum }: Operation): Handler {
	return async (exchange, next) => {
		if (Number(exchange.req.header("content-length") ?? 0) <= bytesMaximum) return next();
		throw new LengthError(bytesMaximum);
	};
}

async function answer(service: Service, one: Operation, exchange: Exchange): Promise<Response> {
	const { bytesMaximum = jsonBytesMaximum } = one;
	if (one.body === undefined) {
		const body = new Uint8Array(await received(exchange.req.arrayBuffer()));
		return answerWith(service, one, exchange, sourceOf(body));
	}
	const { body } = exchange.req.raw;
	return spooled(body, { folder: service.folder, bytesMaximum }, (file) =>
		answerWith(service, one, exchange, file),
	);
}

/** `body` is the request's. */
async function answerWith(
	service: Service,
	one: Operation,
	exchange: Exchange,
	body: ByteSource,
): Promise<Response> {
	const caller = exchange.get("caller") ?? nobody;
	const visit = exchange.get("visit");
	const input = one.input.parse(await inputOf(one, exchange));
	const context = { service, caller, visit, file: body };
	if (one.answer !== undefined) {
		const download = await actAs(actorOf(caller), () => one.run(context, input));
		return sendFile(exchange, download as Download, { "content-type": one.answer });
	}
	const run = (repeat?: Repeat) =>
		actAs(actorOf(caller), async () => jsonText((await one.run(context, input)) ?? {}), repeat);
	const key = isRepeatable(one) ? exchange.req.header("idempotency-key") : undefined;
	const text =
		key === undefined ? await run() : await runOnce(service, exchange, { key, body }, run);
	return exchange.body(text, 200, { "content-type": "application/json" });
}

/** The answer of the same request before, if there was one. */
async function runOnce(
	service: Service,
	exchange: Exchange,
	{ key, body }: { readonly key: string; readonly body: ByteSource },
	run: (repeat: Repeat) => Promise<string>,
): Promise<string> {
	const { method, url } = exchange.req;
	const { pathname, search } = new URL(url);
	const asked = {
		caller: actorOf(exchange.get("caller")),
		key: idempotencyKeyIn(key),
		requestDigest: digestOf(method, pathname, search, toHex(digestOfSource(body))),
	};
	const { answer, isRepeated } = await service.repeats.once(asked, (id) =>
		run({ id, isNoted: false }),
	);
	if (isRepeated) exchange.header("idempotency-replayed", "true");
	return answer;
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

function tooLong(): never {
	throw new LengthError(jsonBytesMaximum);
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

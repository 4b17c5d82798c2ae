/** How a page is asked for and answered: who it is, what he may, and what is said when it fails. */

import type { Context, MiddlewareHandler } from "hono";
import { html, raw } from "hono/html";
import type { z } from "zod";
import { actAs } from "../administration/change.js";
import { asSeen } from "../administration/seen.js";
import { type ByteSource, sourceOf } from "../byte-source.js";
import type { Context as OperationContext, Operation } from "../api/operation.js";
import { type Env, naming } from "../api/request-log.js";
import { type Problem, problemOf, problemOfError, received } from "../api/problem.js";
import { LogInWait } from "../people/log-in-limits.js";
import { OperatorError } from "../operator-error.js";
import { actorOf, nobody } from "../people/caller.js";
import type { Visits } from "../people/visits.js";
import type { Service } from "../service.js";
import type { Download } from "../storage/image-stream.js";
import { onPage } from "./commands.js";
import { failure, layout, type Page, pageHeaders } from "./layout.js";

export type Exchange = Context<Env>;
type Handler = MiddlewareHandler<Env>;
export type Fields = { readonly [name: string]: string };
/** What a form without a file sends. */
const nothing = sourceOf(new Uint8Array());
type Input = { readonly [name: string]: unknown };

/** Knows whose browser it is; what changes something comes from a form of ours. */
export function identify(visits: Visits): Handler {
	return async (exchange, next) => {
		const visit = await visits.of(exchange);
		exchange.set("visit", naming(exchange, visit));
		if (visit.session !== undefined) exchange.set("caller", visit.session.caller);
		if (visits.isTrusted(exchange)) return next();
		const detail = "Another page has asked this in your name. Open the service's own page.";
		return sendProblem(exchange, problemOf(403, "origin", detail));
	};
}

export const requireSession: Handler = async (exchange, next) => {
	if (exchange.get("caller") !== undefined) return next();
	exchange.get("visit").comeBack();
	const { method, path } = exchange.req;
	const isLost = method !== "GET" && path !== "/log-out";
	return exchange.redirect(isLost ? lostPath : "/log-in", 303);
};

/** Where somebody logs in whose form has come too late: it says so. */
const lostPath = "/log-in?lost=form";

/** Does what is asked in the name of whoever it is, if he may. `T` is what it answers. */
export async function perform<T>(
	service: Service,
	exchange: Exchange,
	one: Operation,
	fields: Input = {},
	file: ByteSource = nothing,
): Promise<T> {
	const asker = { caller: exchange.get("caller") ?? nobody, visit: exchange.get("visit") };
	return performAs<T>(service, asker, one, fields, file);
}

export type Asker = Pick<OperationContext, "caller" | "visit">;

/** The same apart from a request. */
export async function performAs<T>(
	service: Service,
	{ caller, visit }: Asker,
	one: Operation,
	fields: Input = {},
	file: ByteSource = nothing,
): Promise<T> {
	requireRole(one, caller);
	const input: z.output<z.ZodObject> = one.input.parse(fields);
	const context = { service, caller, visit, file };
	return (await actAs(actorOf(caller), () => one.run(context, input))) as T;
}

export function requireRole({ isOpen, roles }: Operation, { role }: Asker["caller"]): void {
	if (isOpen === true || roles.includes(role)) return;
	throw new OperatorError("role", `This is for ${roles.join(", ")}; you are ${role}.`);
}

/** The fields that have one: at the log-in, and where it is changed. */
const passwords: readonly string[] = ["password", "current", "wanted"];

/**
 * What a form or a query says, without what was left empty, and without the blanks and line ends
 * that come along when a name or a token is pasted. A password may have them.
 */
export async function fieldsIn({ req }: Exchange): Promise<Fields> {
	const all = req.method === "GET" ? req.query() : await received(req.parseBody());
	const texts = Object.entries(all).flatMap(([name, value]) =>
		typeof value === "string" ? [[name, passwords.includes(name) ? value : value.trim()]] : [],
	);
	return Object.fromEntries(texts.filter(([, text]) => text !== ""));
}

/** What the path says where it has names. */
export function namesIn({ req }: Exchange): Fields {
	return req.param();
}

/** With the name of who has logged in, if somebody has. */
export async function send(exchange: Exchange, page: Page, status = 200): Promise<Response> {
	const { path } = exchange.req;
	const text = String(await layout({ caller: exchange.get("caller"), path, ...page }));
	const headers = new Headers({ ...pageHeaders, "content-type": "text/html; charset=utf-8" });
	for (const cookie of exchange.res.headers.getSetCookie()) headers.append("set-cookie", cookie);
	return new Response(text, { status, headers });
}

/** Sends the page that was asked from again, with what was wrong; throws what nobody foresaw. */
export async function sendAgain(
	exchange: Exchange,
	error: unknown,
	pageOf: (problem: string) => Page,
): Promise<Response> {
	const { status, detail } = noted(exchange, error);
	const response = await send(exchange, pageOf(detail), status);
	if (error instanceof LogInWait) response.headers.set("retry-after", String(error.seconds));
	return response;
}

/** What a form has asked for in vain: its page says so beside it. */
export interface Refusal {
	/** The form's name on its page. */
	readonly form: string;
	readonly message: string;
	/** What was in the form. */
	readonly fields: Fields;
	/** It isn't refused: whoever asks is asked whether he means it. */
	readonly isQuestion?: boolean;
}

/** What is asked before something is done; the form is sent again with `sure`. */
class Question extends Error {}

/** Asks before what can't be taken back: `what` is a sentence that says what comes of it. */
export function requireSure({ sure }: Fields, what: string): void {
	if (sure === undefined) throw new Question(what);
}

export interface FormAction {
	/** The form's name on its page. */
	readonly form: string;
	readonly fields: Fields;
	/** What it changes, where that is shown on the form's page: see `formsAsSeen`. */
	readonly subject?: string | undefined;
	/** Does it, and says where to go on, or what is shown once. */
	run(): Promise<string | Page>;
	/** The page that the form is on, with what was wrong. */
	pageOf(refusal: Refusal): Promise<Page>;
}

/** Does what a form asks for. If that is refused, its page is sent again and says so. */
export async function act(
	exchange: Exchange,
	{ form, fields, subject, run, pageOf }: FormAction,
): Promise<Response> {
	const { seen: digest } = fields;
	try {
		const isSeen = subject !== undefined && digest !== undefined;
		const next = await (isSeen ? asSeen({ subject, digest }, run) : run());
		return typeof next === "string" ? exchange.redirect(next, 303) : await send(exchange, next);
	} catch (error) {
		if (error instanceof Question) {
			const { message } = error;
			const page = await pageOf({ form, message, fields, isQuestion: true });
			return send(exchange, await saying(page, message));
		}
		const { status, detail: message } = noted(exchange, error);
		return send(exchange, await saying(await pageOf({ form, message, fields }), message), status);
	}
}

/** The form may be on its page no more, or not for this person: it is said above all else then. */
async function saying(page: Page, message: string): Promise<Page> {
	const content = String(await page.content);
	const said = failure(message);
	const isSaid = content.includes(String(await said));
	return { ...page, content: isSaid ? html`${raw(content)}` : html`${said} ${raw(content)}` };
}

/** What was wrong, for somebody on the page; throws what nobody foresaw. */
export function problemIn(error: unknown): Problem {
	const problem = problemOfError(error);
	if (problem === undefined) throw error;
	return { ...problem, detail: onPage(problem.detail) };
}

/** The same, for the log too, which is written once there is an answer. */
export function noted(exchange: Exchange, error: unknown): Problem {
	const problem = problemIn(error);
	exchange.set("rule", problem.rule);
	if (error instanceof Error) exchange.error = error;
	return problem;
}

export function sendProblem(exchange: Exchange, { status, title, detail, rule }: Problem) {
	exchange.set("rule", rule);
	const isIn = exchange.get("caller") !== undefined;
	const content = html`${failure(onPage(detail))}
	${isIn ? "" : html`<p><a href="/log-in">Log in</a></p>`}`;
	return send(exchange, { title, content, isNarrow: true }, status);
}

/** Sends a file as it is read. */
export function sendFile(
	exchange: Exchange,
	{ length, stream }: Download,
	headers: { readonly [name: string]: string },
): Response {
	return exchange.body(stream, 200, { ...headers, "content-length": String(length) });
}

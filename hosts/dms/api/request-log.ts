/** What the log says of requests of the API and of the page. */

import type { Context, MiddlewareHandler } from "hono";
import { unknownPath } from "../log.js";
import { actorOf, type Caller } from "../people/caller.js";
import type { Visit } from "../people/visits.js";
import type { Service } from "../service.js";
import { databaseFailureOf } from "../storage/failures.js";

export interface Env {
	readonly Variables: {
		caller: Caller;
		visit: Visit;
		/** The operation's path, with names in place of what was asked for. */
		route: string;
		/** The rule that refused. */
		rule: string;
	};
}

type Exchange = Context<Env>;
type Handler = MiddlewareHandler<Env>;

/**
 * An entry for each request; as with devices', nothing of what was asked for is in it. Why the
 * database failed it says too: who has asked isn't told.
 */
export function logged({ log }: Service): Handler {
	return async (exchange, next) => {
		const begin = performance.now();
		await next();
		const caller = exchange.get("caller");
		const { method } = exchange.req;
		const path = exchange.get("route") ?? unknownPath;
		const failure = databaseFailureOf(exchange.error);
		if (failure !== undefined && failure.kind !== "busy") {
			log({ kind: "fault", during: method + " " + path, error: failure.sentence });
		}
		log({
			kind: "request",
			...{ method, path },
			status: exchange.res.status,
			rule: exchange.get("rule"),
			who: caller && actorOf(caller),
			milliseconds: Math.round(performance.now() - begin),
		});
	};
}

export function named(route: string): Handler {
	return async (exchange, next) => {
		exchange.set("route", route);
		await next();
	};
}

/** Who has logged in is named in the log. */
export function naming(exchange: Exchange, visit: Visit): Visit {
	return {
		...visit,
		async keep(begun) {
			await visit.keep(begun);
			exchange.set("caller", begun.session.caller);
		},
	};
}

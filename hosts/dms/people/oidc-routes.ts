/** Where a browser goes to log in by OpenID Connect, and comes back. */

import { type Context, Hono } from "hono";
import { OperatorError } from "../operator-error.js";
import type { Oidc } from "./oidc.js";
import { callbackPath, pendingSeconds } from "./oidc-settings.js";
import type { Visits } from "./visits.js";

/** Where the page sends whoever wants to log in so. */
export const oidcPath = "/oidc/log-in";

const cookie = "oidc";

/** `fail` answers a browser that isn't let in. */
export function oidcRoutes(
	oidc: Oidc,
	visits: Visits,
	fail: (exchange: Context, error: OperatorError) => Response | Promise<Response>,
): Hono {
	const app = new Hono();
	app.get(oidcPath, (exchange) =>
		telling(exchange, fail, async () => {
			const { url, pending } = await oidc.begin(visits.originOf(exchange));
			visits.cookie(exchange, cookie).set(pending, pendingSeconds);
			return exchange.redirect(url);
		}),
	);
	app.get(callbackPath, (exchange) =>
		telling(exchange, fail, async () => {
			const { get, clear } = visits.cookie(exchange, cookie);
			const pending = get() ?? "";
			clear(); // It is good once.
			const { search } = new URL(exchange.req.url);
			const visit = await visits.of(exchange);
			const origin = visits.originOf(exchange);
			await visit.keep(await oidc.finish(origin, search, pending, visit.visitor));
			return exchange.redirect(visit.next());
		}),
	);
	return app;
}

async function telling(
	exchange: Context,
	fail: (exchange: Context, error: OperatorError) => Response | Promise<Response>,
	work: () => Promise<Response>,
): Promise<Response> {
	exchange.header("cache-control", "no-store");
	try {
		return await work();
	} catch (error) {
		if (error instanceof OperatorError) return fail(exchange, error);
		throw error;
	}
}

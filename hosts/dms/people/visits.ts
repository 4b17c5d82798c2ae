/**
 * Browsers at the API and at the page: who has logged in, by a cookie, and whether it was our own
 * page that asked.
 */

import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { Begun, Session, Visitor } from "./session.js";
import type { Sessions } from "./sessions.js";

export interface VisitOptions {
	/** Where people reach the page when that isn't here, as behind a proxy with TLS: its origin. */
	readonly pageUrl?: string | undefined;
	/** A proxy stands in front of all: the last address in `x-forwarded-for` is the client's. */
	readonly trustsProxy?: boolean | undefined;
}

/** What somebody who isn't logged in, or is, can do to that. */
export interface Visit {
	readonly visitor: Visitor;
	readonly session: Session | undefined;
	/** Whether the session goes on; to ask is no use of it. */
	isCurrent(): Promise<boolean>;
	/** Gives the browser its cookie, and ends the session that it had. */
	keep(begun: Begun): Promise<void>;
	/** Takes it away; the session has been ended. */
	forget(): void;
	/** Has the browser keep where somebody wanted to go who has to log in first. */
	comeBack(): void;
	/** Where to go after a log-in, once: a path of our own. */
	next(): string;
}

interface Cookie {
	get(): string | undefined;
	set(text: string, seconds: number): void;
	clear(): void;
}

/** `own`: our page. `unknown`: nothing says, as with programs and browsers of before 2020. */
export type Site = "own" | "other" | "unknown";

const cookieMaximum = 64;
/** Where somebody is who has logged in, and wanted to go nowhere else. */
const firstPath = "/devices";
/** Characters of an address that is gone back to, and how long it is kept. */
const wayMaximum = 500;
const waySeconds = 3_600;
/** Of IPv6, with room for its zone. */
const addressMaximum = 64;
const safeMethods = Object.freeze(["GET", "HEAD", "OPTIONS"]);

export class Visits {
	readonly #sessions: Sessions;
	readonly #options: VisitOptions;

	constructor(sessions: Sessions, options: VisitOptions = {}) {
		this.#sessions = sessions;
		this.#options = options;
	}

	async of(exchange: Context): Promise<Visit> {
		const { get, set, clear } = this.cookie(exchange);
		const text = get() ?? "";
		const isPossible = text !== "" && text.length <= cookieMaximum;
		const session = isPossible ? await this.#sessions.find(text) : undefined;
		return {
			visitor: this.visitorOf(exchange),
			session,
			isCurrent: async () => (await this.#sessions.look(text)) !== undefined,
			keep: async ({ cookie, lifeSeconds }) => {
				// Its cookie is lost, so nobody could log out of it.
				if (session !== undefined) await this.#sessions.forget(session);
				set(cookie, lifeSeconds);
			},
			forget: clear,
			...this.#wayOf(exchange),
		};
	}

	/** In a cookie and no address: nobody else's link says where a log-in leads. */
	#wayOf(exchange: Context): Pick<Visit, "comeBack" | "next"> {
		const { get, set, clear } = this.cookie(exchange, "next");
		const { req } = exchange;
		return {
			comeBack: () => {
				const { pathname, search } = new URL(req.url);
				const isShort = pathname.length + search.length <= wayMaximum;
				if (req.method === "GET" && isShort) set(pathname + search, waySeconds);
			},
			next: () => {
				const way = get();
				if (way === undefined) return firstPath;
				clear();
				// By its first letters no browser takes it for another host's.
				return /^\/[\w-]/.test(way) && way.length <= wayMaximum ? way : firstPath;
			},
		};
	}

	/**
	 * A cookie of ours, which no script sees. `__Host-` keeps other hosts of a domain from setting
	 * it; the ports of a machine share cookies, so there the name has the port.
	 */
	cookie(exchange: Context, kind?: string): Cookie {
		const { protocol, port } = new URL(this.originOf(exchange));
		const isSecure = protocol === "https:";
		const parts = ["opendms", isSecure ? undefined : port || "80", kind];
		const name = parts.filter((part) => part !== undefined).join("-");
		const prefix = isSecure ? "host" : undefined;
		const options: CookieOptions = {
			...{ path: "/", httpOnly: true, sameSite: "Lax", secure: isSecure },
			...(isSecure && { prefix: "host" }),
		};
		return {
			get: () => getCookie(exchange, name, prefix),
			set: (text, seconds) => setCookie(exchange, name, text, { ...options, maxAge: seconds }),
			clear: () => void deleteCookie(exchange, name, options),
		};
	}

	/**
	 * Where a request comes from, by what no page can change: `Sec-Fetch-Site`, which browsers send
	 * to what is encrypted or on this machine, and else `Origin`. That is how CrossOriginProtection
	 * of Go decides; hono/csrf lets JSON and requests without a body through, and ours have both.
	 */
	siteOf(exchange: Context): Site {
		const site = exchange.req.header("sec-fetch-site");
		if (site !== undefined) return site === "same-origin" || site === "none" ? "own" : "other";
		const origin = exchange.req.header("origin");
		if (origin === undefined) return "unknown";
		return origin === this.originOf(exchange) ? "own" : "other";
	}

	/** Whether what is asked with a cookie is done: what changes something, for our own page. */
	isTrusted(exchange: Context): boolean {
		return safeMethods.includes(exchange.req.method) || this.siteOf(exchange) === "own";
	}

	/** Scheme, host and port that the browser has, as far as it can be known here. */
	originOf({ req }: Context): string {
		return new URL(this.#options.pageUrl ?? req.url).origin;
	}

	visitorOf(exchange: Context): Visitor {
		const agent = exchange.req.header("user-agent") ?? "";
		return { address: this.#addressOf(exchange), agent };
	}

	#addressOf(exchange: Context): string {
		const forwarded = exchange.req.header("x-forwarded-for")?.split(",").at(-1)?.trim();
		if (this.#options.trustsProxy && forwarded) return forwarded.slice(0, addressMaximum);
		// Without a socket, as in tests.
		return exchange.env?.incoming === undefined
			? "127.0.0.1"
			: (getConnInfo(exchange).remote.address ?? "");
	}
}

/** With which identity provider people log in: a file of JSON, which only the service reads. */

import { readFileSync, statSync } from "node:fs";
import * as z from "zod";
import { isLoopback } from "../api/loopback.js";
import { OperatorError } from "../operator-error.js";
import { type Role, roles } from "../storage/schema.js";

/** Where the provider sends a browser back to, below the page's address. */
export const callbackPath = "/oidc/callback";

/** A person who looks for his telephone. */
export const pendingSeconds = 600;
const settings = z.strictObject({
	/** As its `/.well-known/openid-configuration` has it. */
	issuer: z.url({ protocol: /^https?$/ }),
	clientId: z.string().min(1),
	/** Or in the environment, as `OPENDMS_OIDC_SECRET`. */
	clientSecret: z.string().min(1).optional(),
	/** What the page calls it. */
	name: z.string().min(1).max(64).default("single sign-on"),
	/** For people whom nobody has invited; without it they are refused. */
	defaultRole: z.enum(roles).optional(),
	/** The claim that has one of the roles, or a list with one. */
	roleClaim: z.string().min(1).optional(),
	scope: z.string().default("openid email profile"),
});

/** See `settings`. */
export interface OidcSettings {
	readonly issuer: string;
	readonly clientId: string;
	readonly clientSecret: string;
	readonly name: string;
	readonly defaultRole?: Role | undefined;
	readonly roleClaim?: string | undefined;
	readonly scope: string;
}

export function readOidcSettings(file: string, secret: string | undefined): OidcSettings {
	const parsed = settings.safeParse(parse(file));
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw wrong(`${file}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "no settings"}.`);
	}
	const { issuer, clientSecret = secret } = parsed.data;
	if (clientSecret === undefined) {
		throw wrong(`Write clientSecret into ${file}, or OPENDMS_OIDC_SECRET into the environment.`);
	}
	const isOpen = process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0;
	if (parsed.data.clientSecret !== undefined && isOpen) {
		throw wrong(`Others can read ${file}. Keep it to yourself: chmod 600 ${file}`);
	}
	const { protocol, hostname } = new URL(issuer);
	if (protocol === "http:" && !isLoopback(hostname)) {
		throw wrong(`Nobody logs in through a network in the clear: ${issuer} must be https.`);
	}
	return { ...parsed.data, clientSecret };
}

function parse(file: string): unknown {
	const text = readFileSync(file, "utf8");
	try {
		return JSON.parse(text);
	} catch {
		throw wrong(file + " is no JSON.");
	}
}

function wrong(message: string): OperatorError {
	return new OperatorError("usage", message);
}

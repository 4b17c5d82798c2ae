/**
 * Log-in by OpenID Connect: the authorization code flow with PKCE, state and nonce, as the library
 * has it. What a log-in under way must remember is in a cookie of the browser that began it, so it
 * can end on any machine of the service, and in no other browser.
 */

import * as client from "openid-client";
import { OperatorError } from "../operator-error.js";
import { type Role, roles } from "../storage/schema.js";
import type { Identity } from "./identity.js";
import { callbackPath, type OidcSettings, pendingSeconds } from "./oidc-settings.js";
import type { Begun, Visitor } from "./session.js";
import type { Sessions } from "./sessions.js";

const answerSeconds = 10;
/** After that the provider is asked anew where its doors are: it may have moved. */
const discoveredSeconds = 3_600;

export interface Oidc {
	/** What the page calls the provider. */
	readonly name: string;
	/** Where to send the browser, and what it keeps until it is back. `origin` is the page's. */
	begin(origin: string): Promise<{ readonly url: string; readonly pending: string }>;
	/** Fails by `log-in`. `query` is that of the callback. */
	finish(origin: string, query: string, pending: string, visitor: Visitor): Promise<Begun>;
	/** Where a person logs out of the provider too; `undefined` where it has no such place. */
	logOutUrl(origin: string): Promise<string | undefined>;
}

interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
}

export function createOidc(sessions: Sessions, settings: OidcSettings, clock: Clock): Oidc {
	const configure = configurationOf(settings, clock);
	const { issuer } = settings;
	return {
		name: settings.name,
		async begin(origin) {
			const state = client.randomState();
			const nonce = client.randomNonce();
			const verifier = client.randomPKCECodeVerifier();
			const url = client.buildAuthorizationUrl(await configure(), {
				redirect_uri: origin + callbackPath,
				scope: settings.scope,
				...{ state, nonce, code_challenge_method: "S256" },
				code_challenge: await client.calculatePKCECodeChallenge(verifier),
			});
			const at = String(Math.floor(clock.now() / 1000));
			return { url: url.href, pending: [state, nonce, verifier, at].join(".") };
		},
		async finish(origin, query, pending, visitor) {
			const [state = "", nonce = "", verifier = "", at = ""] = pending.split(".");
			const age = clock.now() / 1000 - Number(at);
			if (at === "" || !(age < pendingSeconds)) {
				throw refused("This log-in took too long, or began in another browser.");
			}
			const configuration = await configure();
			const url = new URL(origin + callbackPath + query);
			const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
			const identity = await told(issuer, async () => {
				const grant = { ...checks, idTokenExpected: true };
				const tokens = await client.authorizationCodeGrant(configuration, url, grant);
				return identityOf(configuration, tokens, settings);
			});
			return sessions.beginByIdentity(identity, settings, visitor);
		},
		async logOutUrl(origin) {
			const configuration = await configure();
			if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
			const back = { post_logout_redirect_uri: origin + "/" };
			return client.buildEndSessionUrl(configuration, back).href;
		},
	};
}

/** What the provider says of itself, asked for when somebody logs in. */
function configurationOf(
	{ issuer, clientId, clientSecret }: OidcSettings,
	clock: Clock,
): () => Promise<client.Configuration> {
	let last: { readonly at: number; readonly found: client.Configuration } | undefined;
	// A provider without TLS is on this machine: see `readOidcSettings`.
	const isOpen = new URL(issuer).protocol === "http:";
	const execute = [
		client.enableNonRepudiationChecks,
		...(isOpen ? [client.allowInsecureRequests] : []),
	];
	return async () => {
		const at = clock.now() / 1000;
		if (last !== undefined && at - last.at < discoveredSeconds) return last.found;
		const metadata = {
			client_secret: clientSecret,
			// The service's clock counts, as everywhere.
			[client.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
		};
		const found = await told(issuer, () =>
			client.discovery(new URL(issuer), clientId, metadata, undefined, {
				...{ execute, timeout: answerSeconds },
			}),
		);
		last = { at, found };
		return found;
	};
}

type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;
type Claims = { readonly [name: string]: unknown };

async function identityOf(
	configuration: client.Configuration,
	tokens: Tokens,
	settings: OidcSettings,
): Promise<Identity> {
	const claims = tokens.claims();
	if (claims === undefined) throw refused("The identity provider says nothing of who you are.");
	const { roleClaim } = settings;
	const isComplete =
		claims["email"] !== undefined && (roleClaim === undefined || claims[roleClaim] !== undefined);
	const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
	const more: Claims =
		isComplete || !hasMore
			? {}
			: await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
	const all: Claims = { ...more, ...claims };
	return {
		issuer: claims.iss,
		subject: claims.sub,
		email: all["email_verified"] === true ? textOf(all["email"]) : undefined,
		name: textOf(all["preferred_username"]),
		role: roleClaim === undefined ? undefined : roleIn(all[roleClaim]),
	};
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

/** Of several, the one that may do most: they are listed in that order. */
function roleIn(value: unknown): Role | undefined {
	const named: readonly unknown[] = Array.isArray(value) ? value : [value];
	return roles.find((role) => named.includes(role));
}

/** What the library or the provider refuses, in a sentence. */
async function told<T>(issuer: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof OperatorError) throw error;
		if (error instanceof client.AuthorizationResponseError) {
			throw refused(`${issuer} has refused: ${error.error_description ?? error.error}.`);
		}
		if (error instanceof client.ResponseBodyError) {
			throw refused(`${issuer} doesn't take this log-in: ${error.error}. It was used, or is old.`);
		}
		if (error instanceof client.ClientError && error.code !== "OAUTH_TIMEOUT") {
			const reason = reasonOf(error);
			throw refused(`What came back isn't what was asked of ${issuer}: ${reason}.`);
		}
		throw new OperatorError("oidc", `${issuer} can't be reached: ${reasonOf(error)}. Try later.`);
	}
}

function reasonOf(error: unknown): string {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	const text = cause instanceof Error ? cause.message : error instanceof Error ? error.message : "";
	return text.replace(/\.$/, "");
}

function refused(message: string): OperatorError {
	return new OperatorError("log-in", message + " Log in again.");
}

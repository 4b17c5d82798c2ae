/** A real identity provider on this machine, and a browser that logs in at it. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { TestContext } from "node:test";
import Provider from "oidc-provider";

export interface Account {
	readonly email?: string;
	readonly email_verified?: boolean;
	readonly preferred_username?: string;
	readonly groups?: string | readonly string[];
}

export interface IdentityProvider {
	readonly issuer: string;
	/** By subject; a test changes them as it likes. */
	readonly accounts: Map<string, Account>;
	/** Logs in as this subject; resolves with where the browser is sent back to. */
	logIn(url: string, subject: string): Promise<URL>;
	close(): Promise<void>;
}

export const clientId = "opendms";
export const clientSecret = "a secret of forty letters, or some more";

export async function startProvider(
	context: TestContext,
	page: string,
	idTokenSeconds = 3_600,
): Promise<IdentityProvider> {
	const server = createServer((request, response) => provider.callback()(request, response));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	assert.ok(typeof address === "object" && address !== null);
	const issuer = "http://127.0.0.1:" + address.port;
	const accounts = new Map<string, Account>();
	const provider = quietly(
		() =>
			new Provider(issuer, {
				clients: [
					{
						...{ client_id: clientId, client_secret: clientSecret },
						redirect_uris: [page + "/oidc/callback"],
						post_logout_redirect_uris: [page + "/"],
						token_endpoint_auth_method: "client_secret_post",
					},
				],
				cookies: { keys: ["test"] },
				claims: {
					...{ email: ["email", "email_verified"], profile: ["preferred_username", "groups"] },
					openid: ["sub"],
				},
				// As most providers have it: what was asked for is in the token itself.
				conformIdTokenClaims: false,
				ttl: {
					...{ Interaction: 600, Session: 600, Grant: 600, AccessToken: 600 },
					IdToken: idTokenSeconds,
				},
				findAccount: (_: unknown, sub: string) => ({
					accountId: sub,
					claims: async () => ({ sub, ...accounts.get(sub) }),
				}),
			}),
	);
	const close = async (): Promise<void> => {
		const closed = once(server, "close");
		server.close();
		server.closeAllConnections();
		await closed;
	};
	context.after(() => (server.listening ? close() : undefined));
	return { issuer, accounts, logIn: (url, subject) => logIn(issuer, url, subject), close };
}

/** It says on the console that it isn't set up for production. */
function quietly<T>(make: () => T): T {
	const { info, warn } = console;
	console.info = console.warn = () => undefined;
	try {
		return make();
	} finally {
		Object.assign(console, { info, warn });
	}
}

async function logIn(issuer: string, url: string, subject: string): Promise<URL> {
	const jar = new Map<string, string>();
	let next = new URL(url);
	let form: URLSearchParams | undefined;
	while (next.origin === issuer) {
		const cookie = [...jar].map(([name, value]) => name + "=" + value).join("; ");
		const response: Response = await fetch(next, {
			...{ redirect: "manual", headers: { cookie } },
			...(form !== undefined && { method: "POST", body: form }),
		});
		for (const line of response.headers.getSetCookie()) {
			const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
			jar.set(name, value);
		}
		const location = response.headers.get("location");
		if (location !== null) {
			next = new URL(location, next);
			form = undefined;
			continue;
		}
		const [, prompt] = /name="prompt" value="(\w+)"/.exec(await response.text()) ?? [];
		assert.ok(prompt, next + " answers " + response.status);
		form = new URLSearchParams({ prompt, login: subject, password: "any" });
	}
	return next;
}

/** People who log in at a service's API, each in a browser of his own. */

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { apiPath } from "../../hosts/dms/api/openapi.js";
import { Visits, type VisitOptions } from "../../hosts/dms/people/visits.js";
import type { Role } from "../../hosts/dms/storage/schema.js";
import { type Bench, openBench } from "../dms/bench.js";

export const password = "correct horse battery";
export const visitor = Object.freeze({ address: "192.0.2.1", agent: "test" });

/** Our own page, as browsers say it. */
export const ownPage = Object.freeze({ "sec-fetch-site": "same-origin" });

export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	readonly value: { readonly [name: string]: unknown };
	/** The cookie that came with it: `name=value`. */
	readonly cookie: string;
}

export interface People extends Bench {
	/** Asks the API. */
	ask(
		method: string,
		path: string,
		body?: object,
		headers?: { readonly [name: string]: string },
	): Promise<Reply>;
	/** A user of this role, logged in: the cookie, as browsers send it. */
	cookieOf(name: string, role?: Role): Promise<string>;
	/** The same user has this password from now on. */
	withPassword(name: string, role?: Role): Promise<void>;
}

export async function openPeople(
	context: TestContext,
	options: VisitOptions = {},
	origin = "http://127.0.0.1:8444",
): Promise<People> {
	const bench = await openBench(context);
	const { service } = bench;
	const api = createApi(service, { visits: new Visits(service.sessions, options) });
	const ensure = async (name: string, role?: Role): Promise<void> => {
		const user = (await service.users.list()).find((one) => one.name === name);
		if (user === undefined) await service.users.add(name, { role });
	};
	return {
		...bench,
		async ask(method, path, body, headers = ownPage) {
			const response = await api.request(origin + apiPath + path, {
				...{ method, headers },
				...(body !== undefined && { body: JSON.stringify(body) }),
			});
			const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
			const value = JSON.parse(await response.text());
			return { status: response.status, headers: response.headers, value, cookie };
		},
		async cookieOf(name, role) {
			await ensure(name, role);
			const { cookie } = await service.sessions.begin(name, visitor);
			return "opendms-8444=" + cookie;
		},
		async withPassword(name, role) {
			await ensure(name, role);
			const { token } = await service.users.invite(name);
			const begun = await service.sessions.acceptInvite(token, password, visitor);
			assert.equal(begun.session.caller.name, name);
		},
	};
}

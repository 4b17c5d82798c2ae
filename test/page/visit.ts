/** The page as browsers ask for it, without one: forms are sent as a browser sends them. */

import type { TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import type { Role } from "../../hosts/dms/storage/schema.js";
import { type Bench, openBench } from "../dms/bench.js";

const origin = "http://127.0.0.1:8444";
const visitor = { address: "192.0.2.1", agent: "test" };

type Texts = { readonly [name: string]: string };

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
}

/** Somebody's browser. */
export interface Visitor {
	get(path: string): Promise<Answer>;
	post(path: string, fields?: Texts): Promise<Answer>;
}

export interface PageBench extends Bench {
	/** Logged in as this user, who is added where he isn't there. */
	visitorOf(name: string, role?: Role): Promise<Visitor>;
	readonly stranger: Visitor;
}

export async function openPages(context: TestContext): Promise<PageBench> {
	const bench = await openBench(context);
	const { service } = bench;
	const api = createApi(service);
	const browser = (cookie: Texts): Visitor => {
		const headers = { "sec-fetch-site": "same-origin", accept: "text/html,*/*", ...cookie };
		const answerOf = async (response: Response): Promise<Answer> => ({
			...{ status: response.status, headers: response.headers, text: await response.text() },
		});
		return {
			get: async (path) => answerOf(await api.request(origin + path, { headers })),
			post: async (path, fields = {}) => {
				const body = new URLSearchParams(fields);
				return answerOf(await api.request(origin + path, { method: "POST", headers, body }));
			},
		};
	};
	return {
		...bench,
		stranger: browser({}),
		async visitorOf(name, role = "owner") {
			const all = await service.users.list();
			if (!all.some((user) => user.name === name)) await service.users.add(name, { role });
			const { cookie } = await service.sessions.begin(name, visitor);
			return browser({ cookie: "opendms-8444=" + cookie });
		},
	};
}

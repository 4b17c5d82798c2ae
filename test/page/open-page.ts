/** The page as a browser asks for it, without one: requests of who has logged in. */

import type { TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { Live } from "../../hosts/dms/page/live.js";
import { openBench } from "../dms/bench.js";

export const origin = "http://127.0.0.1:8444";
export const password = "correct horse battery";
export const visitor = { address: "192.0.2.1", agent: "" };
export const ownPage = { "sec-fetch-site": "same-origin" };
export type Headers = { readonly [name: string]: string };

export async function openPage(context: TestContext) {
	const bench = await openBench(context);
	const { service } = bench;
	const live = new Live(service.log, { periodMilliseconds: 1, checkMilliseconds: 1 });
	context.after(() => live.close());
	const api = createApi(service, { live });
	const cookieOf = async (name: string): Promise<Headers> => {
		const { cookie } = await service.sessions.begin(name, visitor);
		return { ...ownPage, cookie: "opendms-8444=" + cookie };
	};
	const get = (path: string, headers: Headers = ownPage) => api.request(origin + path, { headers });
	const send = (path: string, body: FormData | URLSearchParams, headers: Headers) =>
		api.request(origin + path, { method: "POST", headers, body });
	const post = (path: string, fields: Headers = {}, headers: Headers = ownPage) =>
		send(path, new URLSearchParams(fields), headers);
	/** Sends a form with a file. */
	const upload = (path: string, bytes: Uint8Array, headers: Headers, fields: Headers = {}) => {
		const form = new FormData();
		for (const [name, text] of Object.entries(fields)) form.set(name, text);
		form.set("file", new File([Uint8Array.from(bytes)], "file"));
		return send(path, form, headers);
	};
	return { ...bench, get, post, upload, cookieOf };
}

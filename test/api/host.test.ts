/** A page elsewhere whose name resolves to this machine (DNS rebinding) gets nothing of it. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { test } from "node:test";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { createApi } from "../../hosts/dms/api/api.js";
import { openBench } from "../dms/bench.js";

async function statusOf(url: string, host: string): Promise<number | undefined> {
	const request = get(url, { headers: { host }, agent: false });
	const [response] = (await once(request, "response")) as [IncomingMessage];
	response.resume();
	return response.statusCode;
}

test("on this machine alone, only the machine's own names are answered", async (context) => {
	const { service } = await openBench(context);
	const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	const { port } = new URL(listener.url);
	for (const path of ["/log-in", "/healthz", "/api/v1/devices", "/nothing"]) {
		for (const name of [
			"evil.example:" + port,
			"evil.example",
			"127.0.0.1.evil.example",
			"192.0.2.1",
		])
			assert.equal(await statusOf(listener.url + path, name), 421, path + " " + name);
	}
	for (const name of ["127.0.0.1:" + port, "localhost:" + port, "localhost", "[::1]:" + port]) {
		assert.equal(await statusOf(listener.url + "/log-in", name), 200, name);
	}
});

test("behind a proxy the names are the proxy's", async (context) => {
	const { service } = await openBench(context);
	const place = { host: "127.0.0.1", port: 0, behindProxy: "https://dms.example.com" };
	const listener = await listenForApi(service, place);
	context.after(() => listener.close());
	assert.equal(await statusOf(listener.url + "/log-in", "dms.example.com"), 200);
});

test("users come by pages", async (context) => {
	const { service } = await openBench(context);
	const { token } = await service.apiTokens.add({ name: "ci", role: "viewer" });
	for (let index = 0; index < 5; index++) await service.users.add("user-" + index);
	const api = createApi(service);
	const headers = { authorization: "Bearer " + token };
	const names: string[] = [];
	for (let after = ""; ;) {
		const query = "limit=3" + (after === "" ? "" : "&after=" + after);
		const answer = await api.request("http://127.0.0.1/api/v1/users?" + query, { headers });
		const page: { readonly name: string }[] = JSON.parse(await answer.text());
		if (page.length === 0) break;
		assert.ok(page.length <= 3);
		names.push(...page.map(({ name }) => name));
		after = names.at(-1) ?? "";
	}
	assert.deepEqual(
		names,
		(await service.users.list()).map(({ name }) => name),
	);
	assert.equal(names.length, 7);
});

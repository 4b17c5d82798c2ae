/** `opendms serve` as people meet it: its page is there, and the first admin gets in. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createTool, type Tool } from "../dms/tool.js";
import { password } from "./people.js";

const somewhere = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0", "--json"];

interface Ready {
	readonly page?: string;
	readonly api?: string;
	readonly invite?: string;
}

async function serve(tool: Tool, ...words: string[]) {
	const serving = await tool.serve(...somewhere, ...words);
	const ready: Ready = JSON.parse(serving.line);
	return { ...ready, stop: () => serving.stop() };
}

function accept(page: string, link: string): Promise<Response> {
	return fetch(page + "/api/v1/session/invite", {
		method: "POST",
		body: JSON.stringify({ invite: link.split("#")[1], password }),
	});
}

test("a new service tells where its page is, and lets the first admin in", async (context) => {
	const tool = createTool(context);
	const first = await serve(tool);
	const { page = "", invite = "" } = first;
	assert.equal(page, first.api);
	assert.match(page, /^http:\/\/127\.0\.0\.1:\d+$/);
	assert.ok(invite.startsWith(page + "/invite#"));
	const { value: before } = await tool.json("user", "list");
	assert.deepEqual(
		JSON.parse(JSON.stringify(before)).map(({ role }: { role: string }) => role),
		["admin"],
	);
	await first.stop();
	// It was printed once, and is still good.
	const second = await serve(tool);
	assert.equal(second.invite, undefined);
	const accepted = await accept(second.page ?? "", invite);
	assert.deepEqual(await accepted.json(), {
		...{ kind: "user", name: "admin", role: "admin", user: "admin" },
	});
	const [cookie = ""] = (accepted.headers.get("set-cookie") ?? "").split(";");
	const users = await fetch(second.page + "/api/v1/users", { headers: { cookie } });
	assert.equal(users.status, 200);
	assert.equal((await accept(second.page ?? "", invite)).status, 404);
	const { link } = await tool.json("user", "invite", "admin");
	assert.ok(String(link).startsWith(second.page + "/invite#"));
	await second.stop();
});

test("services that begin at once have a page each, whoever takes the port", async (context) => {
	const tool = createTool(context);
	const words = somewhere.filter((word) => word !== "--json");
	const [json, text] = await Promise.all([serve(tool), createTool(context).serve(...words)]);
	const { code, out } = await text.stop();
	assert.equal(code, 0);
	assert.match(
		out,
		/^opendms serving .*\nThe page: http:\S+\nNo admin can log in yet\. .*:\nhttp:\S+#\S+\n$/,
	);
	assert.notEqual(/The page: (.*)/.exec(out)?.[1], json.page);
	assert.equal((await fetch(json.page + "/healthz")).status, 200);
	assert.equal((await json.stop()).code, 0);
});

test("workers serve one page, and invite once", async (context) => {
	const { page = "", invite = "", stop } = await serve(createTool(context), "--workers", "2");
	assert.equal((await accept(page, invite)).status, 200);
	assert.equal((await stop()).code, 0);
});

test("two processes on one database count together who tries to log in", async (context) => {
	const tool = createTool(context);
	const first = await serve(tool);
	const second = await serve(tool);
	const body = JSON.stringify({ name: "admin", password: "a wrong password" });
	const ask = async (page = "") =>
		(await fetch(page + "/api/v1/session", { method: "POST", body })).status;
	const pages = Array.from({ length: 14 }, (_, index) => (index % 2 ? first : second).page);
	const statuses = await Promise.all(pages.map(ask));
	// Five; on a slow machine, where seconds go by, one or two more. Each by itself: ten.
	assert.ok(statuses.filter((status) => status === 401).length <= 8, statuses.join());
	assert.ok(
		statuses.every((status) => status === 401 || status === 429),
		statuses.join(),
	);
	await first.stop();
	await second.stop();
});

test("behind a proxy with TLS, links and cookies are for its address", async (context) => {
	const tool = createTool(context);
	const url = "https://dms.example.com";
	const words = ["--behind-proxy", url + "/", "--api", "0.0.0.0:0"];
	const { page, api = "", invite = "", stop } = await serve(tool, ...words);
	assert.equal(page, url);
	assert.ok(invite.startsWith(url + "/invite#"));
	const accepted = await accept(api.replace("0.0.0.0", "127.0.0.1"), invite);
	assert.match(accepted.headers.get("set-cookie") ?? "", /^__Host-opendms=.*; Secure;/);
	await stop();
});

/** "Add a device" without a browser: who sees it, and what the lines to paste have in them. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { roles } from "../../hosts/dms/storage/schema.js";
import { openBench } from "../dms/bench.js";
import { createDevice } from "../dms/protocol-device.js";

const origin = "http://127.0.0.1:8444";
const path = "/devices/add";

async function openPage(context: TestContext) {
	const bench = await openBench(context);
	const { service } = bench;
	const api = createApi(service);
	const askAs = async (name: string, to: string, fields?: { [name: string]: string }) => {
		const { cookie } = await service.sessions.begin(name, { address: "192.0.2.1", agent: "" });
		const headers = { "sec-fetch-site": "same-origin", cookie: "opendms-8444=" + cookie };
		const body = fields && { method: "POST", body: new URLSearchParams(fields) };
		const response = await api.request(origin + to, { headers, ...body });
		return { response, text: await response.text() };
	};
	return { ...bench, askAs };
}

test("the page is for those who may claim devices, and offers what is theirs", async (context) => {
	const { service, askAs } = await openPage(context);
	for (const role of roles) {
		await service.users.add(role, { role });
		const mayClaim = ["admin", "operator", "owner"].includes(role);
		const { response, text } = await askAs(role, path);
		assert.equal(response.status, mayClaim ? 200 : 403, role);
		assert.ok(!text.includes("ACME-LAMP"), role + " has no product yet");
		const { text: devices } = await askAs(role, "/devices");
		assert.equal(devices.includes(`href="${path}"`), mayClaim, role);
		const lines = await askAs(role, path, { product: "ACME-LAMP" });
		assert.equal(lines.response.status, mayClaim ? 404 : 403, role);
	}
	assert.match((await askAs("alice", path)).text, /value="ACME-LAMP"[^>]*data-platform="esp32"/);
	await service.products.share("ACME-LAMP", "bob");
	assert.match((await askAs("bob", path)).text, /value="ACME-LAMP"/);
	const made = (await service.audit(100)).filter(({ action }) => action === "token.add");
	assert.deepEqual(made, [], "to look makes no token");
});

test("an operator's lines make a new device his, on his product", async (context) => {
	const { service, clock, send, audit, askAs } = await openPage(context);
	await service.users.add("olga", { role: "operator" });
	await service.products.share("ACME-LAMP", "olga");
	const { response, text } = await askAs("olga", path, { product: "ACME-LAMP" });
	assert.equal(response.headers.get("cache-control"), "no-store", "there are tokens in it");
	const [, token = ""] = /dms_provision (\S+)/.exec(text) ?? [];
	const [, claim = ""] = /dms_claim (\S+)/.exec(text) ?? [];
	assert.match(text, /dms_activate ACME-LAMP/);
	const device = createDevice(clock);
	assert.equal((await send(device.provision(token))).status, 200);
	assert.equal((await send(device.acknowledge())).status, 204);
	assert.equal((await send(device.claim(claim))).status, 200);
	assert.equal((await send(device.activate("ACME-LAMP"))).status, 200);
	const [made] = await service.devices.list();
	assert.deepEqual([made?.owner, made?.product], ["olga", "ACME-LAMP"]);
	const tokens = (await audit()).filter(({ action }) => action === "token.add");
	assert.deepEqual(
		tokens.map(({ actor }) => actor),
		["user:olga", "user:olga"],
	);
	const { exp } = { exp: (await service.tokens.list()).map((one) => one.expiresAt) };
	assert.ok(
		exp.every((at) => at <= clock.seconds() + 3_600),
		"an hour is enough",
	);
});

test("an owner brings the token of the device himself: he can't make one", async (context) => {
	const { service, askAs } = await openPage(context);
	const { text } = await askAs("alice", path, { product: "ACME-LAMP" });
	assert.match(text, /dms_provision &lt;the token that came with it&gt;/);
	assert.match(text, /dms_claim [0-9A-Z-]{24}\n/);
	assert.deepEqual(
		(await service.tokens.list()).map(({ kind, user }) => [kind, user]),
		[["claim", "alice"]],
	);
	assert.match((await askAs("alice", path)).text, /data-operator="false"/);
});

test("its script is there under a name that changes with it", async (context) => {
	const { askAs } = await openPage(context);
	const { text } = await askAs("alice", path);
	const [, script = ""] = /<script type="module" src="([^"]+)"/.exec(text) ?? [];
	const { response, text: source } = await askAs("alice", script);
	assert.match(response.headers.get("content-type") ?? "", /^text\/javascript/);
	assert.match(response.headers.get("cache-control") ?? "", /immutable/);
	assert.ok(source.length < 30_000, "it is small: " + source.length);
	for (const other of ["none.js", "..%2F..%2Fpackage.json", "stamp.json"]) {
		const asked = await askAs("alice", "/assets/scripts/" + other);
		assert.equal(asked.response.status, 404, other);
	}
});

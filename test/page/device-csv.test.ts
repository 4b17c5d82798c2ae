/** Devices as a file for spreadsheets. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { openService } from "../../hosts/dms/service.js";
import { createTool } from "../dms/tool.js";
import { openPage, origin, ownPage, visitor } from "./open-page.js";

const formulas = [
	...["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1+1", "a;=1+1", "b; -1;@x"],
	'"quoted", and more',
];

test("a file of devices is whole, and no cell of it is a formula", async (context) => {
	const { service, provisioned, get, cookieOf, claimed } = await openPage(context);
	await service.users.add("victor", { role: "viewer" });
	for (const name of formulas) await service.devices.rename((await provisioned()).uuid, name);
	const { uuid } = await claimed("alice");
	const victor = await cookieOf("victor");
	const response = await get("/devices.csv", victor);
	assert.equal(response.headers.get("content-disposition"), 'attachment; filename="devices.csv"');
	const [head = "", ...lines] = (await response.text()).trimEnd().split("\n");
	const cells = lines.map((line) => line.match(/(?<=^|,)("([^"]|"")*"|[^,]*)(?=,|$)/g) ?? []);
	assert.equal(lines.length, formulas.length + 1);
	for (const line of cells) {
		assert.equal(line.length, head.split(",").length, line.join("|"));
		// Where commas are for decimals, a spreadsheet parts the line by semicolons.
		for (const cell of line.flatMap((one) => one.split(";"))) {
			assert.doesNotMatch(cell, /^"? *[=+@\-\uff1d]/);
		}
	}
	assert.ok(cells.some(([, name]) => name === '"""quoted"", and more"'));
	assert.match(await (await get("/devices?named=quoted", victor)).text(), /devices\.csv\?named=q/);
	const own = (await (await get("/devices.csv", await cookieOf("alice"))).text()).split("\n");
	assert.deepEqual([own.length, own[1]?.slice(0, 40)], [3, uuid]);
	assert.equal((await get("/devices.csv?seenSince=never", victor)).status, 422);
});

const many = 8_000;
const hex = (length: number) => `substr('${"0".repeat(length)}' || i, 1 + length('' || i))`;

test("many devices come by parts, all of them once, and end with the session", async (context) => {
	const tool = createTool(context);
	const place = await tool.place();
	const service = await openService({ ...place, addresses: ["dms.example.com:8443"] });
	context.after(() => service.close());
	await service.users.add("victor", { role: "viewer" });
	await tool.ask(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${many})
		insert into "devices" ("uuid", "keyId", "publicKey", "hardware", "platform", "version",
		"state", "firstSeenAt", "lastSeenAt") select ${hex(40)}, ${hex(64)}, '\\x04', ${hex(12)},
		'esp32', '1.0.0.0', 'issued', i, i from n`);
	const api = createApi(service);
	const get = async () => {
		const { cookie } = await service.sessions.begin("victor", visitor);
		const headers = { ...ownPage, cookie: "opendms-8444=" + cookie };
		return api.request(origin + "/devices.csv", { headers });
	};
	const whole = await (await get()).text();
	const uuids = whole
		.split("\n")
		.slice(1, -1)
		.map((line) => line.slice(0, 40));
	assert.deepEqual([uuids.length, new Set(uuids).size], [many, many]);
	const { out } = await tool.spawn("device", "list", "--csv");
	assert.equal(out, whole);

	const reader = (await get()).body?.getReader();
	await reader?.read();
	await service.users.setRole("victor", "operator");
	const rest = async (): Promise<void> => {
		while ((await reader?.read())?.done === false);
	};
	await assert.rejects(rest(), /Your session has ended/);
});

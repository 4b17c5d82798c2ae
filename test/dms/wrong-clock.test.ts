import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openService } from "../../hosts/dms/service.js";
import { releasedAt } from "../../hosts/dms/release-date.js";
import { createClock, secondsPerDay } from "./clock.js";
import { appendAudit } from "../../hosts/dms/storage/audit.js";
import { memory, openDatabase } from "../../hosts/dms/storage/database.js";
import { isOnPostgres, newDatabase } from "./engine.js";
import { createNonce, origin } from "./protocol-device.js";
import { createTool } from "./tool.js";

const somewhere = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0"];
const secondsPerYear = 365 * secondsPerDay;

function makeFolder(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	return join(folder, "dms");
}

/** Opens the service of a folder at this time, and adds a user: that is audited. */
async function use(data: string, seconds: number, acceptsClock = false): Promise<void> {
	const service = await openService({ data, acceptsClock, now: () => seconds * 1000 });
	try {
		await service.users.add("u" + (await service.users.list()).length);
	} finally {
		await service.close();
	}
}

test("no CA is made by a clock before the release, or many years after it", async (context) => {
	const data = makeFolder(context);
	for (const seconds of [60, releasedAt - 1, Date.UTC(2070, 0, 1) / 1000]) {
		await assert.rejects(use(data, seconds), { rule: "clock" });
		assert.ok(!existsSync(join(data, "ca.key")), "nothing was made");
	}
	await use(data, releasedAt + 1);
});

test("a clock behind the last audit entry, or years ahead, is refused", async (context) => {
	const data = makeFolder(context);
	const start = createClock().seconds();
	await use(data, start);
	await use(data, start - secondsPerDay + 10);
	await assert.rejects(use(data, start - 3 * secondsPerDay), { rule: "clock" });
	await use(data, start + secondsPerYear);
	const late = start + 4 * secondsPerYear;
	await assert.rejects(use(data, late), { rule: "clock" });
	await use(data, late, true);
	await assert.rejects(use(data, start), { rule: "clock" });
	await use(data, start, true);
	await use(data, start + 1);
	const service = await openService({ data, now: () => (start + 2) * 1000 });
	context.after(() => service.close());
	const vouched = (await service.audit(100)).filter(({ action }) => action === "service.clock");
	assert.equal(vouched.length, 2);
	assert.match(vouched[0]?.details ?? "", /clock says 2030-.*last entry/);
});

test("a clock that was vouched for once is good from there on", async (context) => {
	const data = makeFolder(context);
	await use(data, 60, true);
	await use(data, 120);
	await assert.rejects(use(data, releasedAt + secondsPerYear), { rule: "clock" });
});

test("outside the life of its CA a service says so, and hello makes no keys", async (context) => {
	const data = makeFolder(context);
	await use(data, 60, true);
	let seconds = releasedAt + 20 * secondsPerYear;
	const now = () => seconds * 1000;
	const options = { data, acceptsClock: true, addresses: ["dms.example.com:8443"], now };
	const service = await openService(options);
	context.after(() => service.close());
	assert.match(
		service.certificates.show().problem ?? "",
		/valid from 1969-12-31 to 1989-.* no device/,
	);
	const ask = () => service.fetch(new Request(origin + "/hello?nonce=" + createNonce()));
	await ask();
	const before = readFileSync(join(data, "server.crt"), "utf8");
	for (let count = 0; count < 3; count++, seconds++) assert.equal((await ask()).status, 200);
	assert.equal(readFileSync(join(data, "server.crt"), "utf8"), before);
});

test("the tool refuses a machine whose clock is not set, and says what to do", async (context) => {
	const tool = createTool(context);
	tool.shiftClock(-Date.now() / 1000 + 60);
	const refused = await tool.spawn("serve", ...somewhere);
	assert.equal(refused.code, 1);
	assert.match(refused.error, /clock says 1970-01-01, before .* Set the clock.* --accept-clock\n$/);
	const serving = await tool.serve(...somewhere, "--accept-clock");
	await serving.stop();
	tool.shiftClock(0);
	assert.match((await tool.spawn("token", "provision")).error, /Set the clock/);
	const late = await tool.serve(...somewhere, "--accept-clock");
	assert.match((await late.stop()).error, /CA is valid from 1969-12-31 to 1989-/);
	const token = await tool.spawn("token", "provision");
	assert.match(token.error, /no device trusts this service/);
	assert.match((await tool.spawn("cert", "show")).out, /problem +The CA is valid from/);
	assert.match(await tool.authority(), /BEGIN CERTIFICATE/);
});

test("what a clock that was ahead has refused hides no later refusal", async (context) => {
	const database = await openDatabase(isOnPostgres ? await newDatabase() : memory);
	context.after(() => database.destroy());
	const entry = { actor: "key:a", action: "claim", subject: "device:a", rule: "token" };
	const time = releasedAt;
	for (const at of [time + secondsPerYear, time, time + 60]) {
		await appendAudit(database, at, entry);
	}
	const found = await database.selectFrom("audit").select("time").orderBy("id").execute();
	assert.deepEqual(
		found.map((row) => row.time),
		[time + secondsPerYear, time],
	);
});

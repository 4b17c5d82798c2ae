import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import type { LogEntry } from "../../hosts/dms/log.js";
import { createApi } from "../../hosts/dms/api/api.js";
import { openService } from "../../hosts/dms/service.js";
import { origin as pageOrigin, ownPage, visitor } from "../page/open-page.js";
import { provisionReplyOf, refusalOf, type Reply, sendTo } from "./bench.js";
import { createClock } from "./clock.js";
import { spyOnDatabase } from "./database-spy.js";
import { sqliteOnly } from "./engine.js";
import { fillDisk, mountDisk } from "./small-disk.js";
import { createTool } from "./tool.js";
import { createDevice, createNonce, type Draft, origin } from "./protocol-device.js";

async function openLogged(context: TestContext, data: string, clock = createClock()) {
	const log: LogEntry[] = [];
	const addresses = ["dms.example.com:8443"];
	const options = { data, addresses, now: clock.now };
	const service = await openService({ ...options, log: (entry) => log.push(entry) });
	context.after(() => service.close());
	return { service, log };
}

/** A limit of pages stands for the disk's: SQLite answers `SQLITE_FULL` to both. */
async function openLimited(context: TestContext, clock = createClock()) {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const spy = spyOnDatabase(context);
	const opened = await openLogged(context, join(folder, "dms"), clock);
	const limit = async (pages?: number): Promise<void> => {
		const [row] = await spy.ask("pragma page_count");
		await spy.ask("pragma max_page_count = " + String(pages ?? row?.["page_count"]));
	};
	return { ...opened, limit };
}

function faultsIn(log: readonly LogEntry[]) {
	return log.flatMap((entry) => (entry.kind === "fault" ? [entry] : []));
}

test(
	"a full disk is logged and answered 503, and over once there is room",
	{ skip: sqliteOnly },
	async (context) => {
		const clock = createClock();
		const { service, log, limit } = await openLimited(context, clock);
		const tokens: string[] = [];
		while (tokens.length < 60) tokens.push((await service.tokens.addProvisioning()).token);
		await limit();
		const drafts = tokens.map((token) => createDevice(clock).provision(token));
		let draft: Draft | undefined;
		let refused: Reply | undefined;
		for (draft of drafts) {
			refused = await sendTo(service, draft);
			if (refused.status !== 200) break;
		}
		assert.ok(draft && refused);
		assert.deepEqual([refused.status, refusalOf(refused).rule], [503, "busy"]);
		assert.equal(refused.headers.get("retry-after"), "300");
		assert.match(
			faultsIn(log)
				.map(({ error }) => String(error))
				.join(),
			/^The disk is full\. Make room on it\./,
		);
		const hello = await service.fetch(new Request(origin + "/hello?nonce=" + createNonce()));
		assert.equal(hello.status, 200);
		await limit(2 ** 30);
		provisionReplyOf(await sendTo(service, draft));
	},
);

test(
	"what the API and the page can't write for want of room is in the log",
	{ skip: sqliteOnly },
	async (context) => {
		const { service, log, limit } = await openLimited(context);
		await service.users.add("root", { role: "admin" });
		const { token } = await service.apiTokens.add({ name: "ci", role: "admin" });
		const { cookie } = await service.sessions.begin("root", visitor);
		const { request } = createApi(service);
		await limit();
		const headers = { authorization: "Bearer " + token, "content-type": "application/json" };
		const own = { ...ownPage, cookie: "opendms-8444=" + cookie };
		for (const [prefix, send] of [
			[
				"a",
				(name: string) =>
					request(pageOrigin + "/api/v1/users", {
						...{ method: "POST", headers },
						body: JSON.stringify({ name }),
					}),
			],
			[
				"b",
				(name: string) =>
					request(pageOrigin + "/users", {
						...{ method: "POST", headers: own },
						body: new URLSearchParams({ name, role: "owner" }),
					}),
			],
		] as const) {
			log.length = 0;
			let status = 200;
			for (let count = 0; status < 400; count++) {
				assert.ok(count < 200);
				({ status } = await send(prefix + count + "b".repeat(40)));
			}
			assert.equal(status, 507);
			assert.deepEqual(
				faultsIn(log).map(({ during, error }) => [during.endsWith("/users"), error]),
				[[true, "The disk is full. Make room on it. Nothing is lost."]],
			);
		}
	},
);

const disks = [mountDisk(2), mountDisk(8)] as const;
after(() => disks.forEach((disk) => disk?.unmount()));
const withoutDisk = disks.includes(undefined) && "only root can make a disk";

test(
	"a backup that has no room is none, in the audit log too",
	{ skip: withoutDisk },
	async (context) => {
		const [disk] = disks;
		assert.ok(disk);
		const tool = createTool(context);
		await tool.json("user", "add", "alice");
		const backup = join(disk.folder, "backup");
		const backupsIn = async (...place: string[]): Promise<number> =>
			(await tool.run(...place, "audit")).out.split(" service.backup ").length - 1;
		fillDisk(join(disk.folder, "filler"));
		const { code, error } = await tool.run("backup", backup);
		assert.equal(code, 1);
		assert.equal(error, "opendms: The disk is full. Make room on it. Nothing is lost.\n");
		assert.deepEqual(readdirSync(disk.folder), ["filler"]);
		assert.equal(await backupsIn(), 0);
		rmSync(join(disk.folder, "filler"));
		await tool.json("backup", backup);
		assert.deepEqual([await backupsIn(), await backupsIn("--data", backup)], [1, 1]);
	},
);

test(
	"a service whose disk is full is backed up elsewhere",
	{ skip: withoutDisk },
	async (context) => {
		const [, disk] = disks;
		assert.ok(disk);
		const tool = createTool(context);
		const { service, log } = await openLogged(context, join(disk.folder, "dms"));
		fillDisk(join(disk.folder, "filler"));
		for (let count = 0; ; count++) {
			const added = service.users.add("a" + count + "b".repeat(40));
			if (await added.then(() => false).catch(() => true)) break;
		}
		const backup = join(tool.folder, "backup");
		await service.backUp(backup);
		assert.match((await tool.run("--data", backup, "audit")).out, / service\.backup /);
		assert.deepEqual(
			faultsIn(log).map(({ during }) => during),
			["noting a backup"],
		);
	},
);

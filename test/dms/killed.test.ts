/** Two real processes serve one data folder, and one of them is killed, again and again. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import type { Place } from "../../hosts/dms/cli/place.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { databaseFile, openDatabase } from "../../hosts/dms/storage/database.js";
import { openBalancer } from "./balancer.js";
import { provisionReplyOf, type Reply } from "./bench.js";
import type { Clock } from "./clock.js";
import { sendThroughTls } from "./connection.js";
import { createDevice, type Draft } from "./protocol-device.js";
import { createTool, type Serving, type Tool } from "./tool.js";

/** `OPENDMS_TEST_KILLS=30 node --test build/test/dms/killed.test.js` is the whole of it. */
const kills = Number(process.env["OPENDMS_TEST_KILLS"] ?? 6);
const devicesPerKill = 8;
/** What was signed longer ago may be too old when it is sent again on a slow machine. */
const signatureMilliseconds = 120_000;
/** The machine's: thirty kills may take longer than a signature is good for. */
const clock: Clock = {
	now: Date.now,
	seconds: () => Math.floor(Date.now() / 1000),
	advance: () => undefined,
};

interface Port {
	readonly serving: Serving;
	readonly port: number;
	/** `undefined` when the connection broke. */
	send(draft: Draft): Promise<Reply | undefined>;
}

async function openPort(tool: Tool): Promise<Port> {
	const words = ["--json", "--address", "dms.example.com:8443", "--listen", "127.0.0.1:0"];
	const serving = await tool.serve(...words);
	const port = Number(/"port":(\d+)/.exec(serving.line)?.[1]);
	const listener = { host: "127.0.0.1", port, close: async () => {} };
	const authority = await tool.authority();
	return {
		...{ serving, port },
		send: (draft) => sendThroughTls(listener, draft, authority).catch(() => undefined),
	};
}

interface Provision {
	readonly draft: Draft;
	/** Milliseconds since 1970. */
	readonly signedAt: number;
	/** What was answered first. */
	answer?: Reply;
}

async function newProvision(service: Service): Promise<Provision> {
	const { token } = await service.tokens.addProvisioning();
	return { draft: createDevice(clock).provision(token), signedAt: Date.now() };
}

/** A request has one answer, whichever process it comes from, and however often. */
function take(provision: Provision, reply: Reply | undefined): void {
	if (reply === undefined) return;
	assert.equal(reply.status, 200, JSON.stringify(reply.map));
	provision.answer ??= reply;
	assert.deepEqual(provisionReplyOf(reply), provisionReplyOf(provision.answer));
}

/** Each device has a token that is bound to its key, and one certificate; nothing has more. */
async function assertWhole(place: Place, answered: number): Promise<number> {
	const location = "data" in place ? join(place.data, databaseFile) : place.database;
	const database = await openDatabase(location);
	const count = async (from: string): Promise<number> => {
		const query = sql<{ rows: number }>`select count(*) as "rows" from ${sql.raw(from)}`;
		return (await query.execute(database)).rows[0]?.rows ?? -1;
	};
	const devices = await count("devices");
	const pairs = `devices
		join "provisioningTokens" on "deviceKeyId" = devices."keyId"
		join certificates on device = devices.uuid
		join answers on answers."keyId" = devices."keyId"`;
	assert.equal(await count(pairs), devices, "each has its token, its certificate and its answer");
	const bound = '"provisioningTokens" where "deviceKeyId" is not null';
	for (const rows of ["certificates", "answers", bound]) {
		assert.equal(await count(rows), devices, rows);
	}
	assert.ok(devices >= answered, "what was answered is kept");
	if ("data" in place) {
		const { rows } = await sql<object>`pragma integrity_check`.execute(database);
		assert.deepEqual(Object.values(rows[0] ?? {}), ["ok"]);
	}
	await database.destroy();
	return devices;
}

test("of two processes that provision one is killed, and nothing is half done", async (context) => {
	const tool = createTool(context);
	const stays = await openPort(tool);
	const place = await tool.place();
	const authority = await tool.authority();
	const service = await openService(place);
	context.after(() => service.close());
	const provisions: Provision[] = [];
	let unfinished = 0;
	for (let kill = 0; kill < kills; kill++) {
		const dies = await openPort(tool);
		const fresh: Provision[] = [];
		while (fresh.length < devicesPerKill) fresh.push(await newProvision(service));
		provisions.push(...fresh);
		let answers = 0;
		const balancer = await openBalancer([dies.port, stays.port]);
		const listener = { ...balancer, host: "127.0.0.1" };
		const balanced = (draft: Draft): Promise<Reply | undefined> =>
			sendThroughTls(listener, draft, authority).catch(() => undefined);
		const sent = fresh.map(async (provision, index) => {
			const other = index % 2 === 0 ? balanced(provision.draft) : undefined;
			const reply = await dies.send(provision.draft);
			if (answers++ === kill % devicesPerKill) void dies.serving.stop("SIGKILL");
			take(provision, reply);
			take(provision, await other);
		});
		await Promise.all(sent);
		await dies.serving.stop("SIGKILL");
		await balancer.close();
		const answered = provisions.filter(({ answer }) => answer !== undefined).length;
		await assertWhole(place, answered);
		unfinished += provisions.length - answered;
		const isGood = ({ signedAt }: Provision) => Date.now() - signedAt < signatureMilliseconds;
		for (const provision of provisions.filter(isGood)) {
			take(provision, await stays.send(provision.draft));
		}
		assert.equal(await assertWhole(place, provisions.length), provisions.length);
	}
	const { code, error } = await stays.serving.stop();
	assert.equal(code, 0, error);
	context.diagnostic(`${kills} kills, ${provisions.length} devices, ${unfinished} of them cut off`);
});

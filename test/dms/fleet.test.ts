/** What a request costs does not grow with the fleet. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { deviceLabel } from "../../src/protocol/signature.js";
import { type Bench, openBench, type Provisioned } from "./bench.js";
import { type DatabaseSpy, spyOnDatabase } from "./database-spy.js";
import { isOnPostgres } from "./engine.js";
import { draftOf, facts } from "./protocol-device.js";
import type { AuditFilter } from "../../hosts/dms/storage/audit.js";
import { collect } from "../../hosts/dms/storage/pages.js";
import { createPublisher, product } from "./publisher.js";

/** Enough that what reads them all is seen, few enough to be made quickly. */
const fleetSize = 60;
const rowsMaximum = 5;

interface Fleet {
	readonly bench: Bench;
	readonly devices: readonly Provisioned[];
	readonly bundle: string;
	readonly activation: string;
}

async function openFleet(context: TestContext): Promise<Fleet> {
	const bench = await openBench(context);
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	const { id: bundle } = await publisher.publish("1.1.0.0", 1);
	await bench.service.bundles.tag(product, "1.1.0.0", "release");
	const activation = await bench.service.tokens.addActivation({
		...{ user: "alice", product, uses: 1_000 },
	});
	const devices: Provisioned[] = [];
	while (devices.length < fleetSize) {
		const provisioned = await bench.provisioned();
		await bench.send(provisioned.device.claim(activation.token));
		await update(bench, provisioned, "PUT", { bundle, status: 4, percent: 100 });
		devices.push(provisioned);
	}
	return { bench, devices, bundle, activation: activation.token };
}

async function update(
	bench: Bench,
	{ device }: Provisioned,
	method: "POST" | "PUT",
	body: { [name: string]: string | number },
): Promise<void> {
	const signers = [{ label: deviceLabel, key: device.key }];
	const reply = await bench.send(draftOf({ method, path: "/update", body }, signers, bench.clock));
	assert.ok(reply.status < 300, JSON.stringify(reply.map));
}

/** Everything that a device asks for in its life. */
async function askAll({ bench, devices, bundle, activation }: Fleet): Promise<void> {
	const [first] = devices;
	assert.ok(first);
	const { device, token } = first;
	const query = { version: facts.version, sequence: 0, generation: 0 };
	await bench.send(device.provision(token));
	await bench.send(device.acknowledge());
	await bench.send(device.claim(activation));
	await bench.send(device.activate(product));
	await update(bench, first, "POST", query);
	await update(bench, first, "POST", { ...query, wanted: "1.1.0.0" });
	for (const status of [4, 220, 1, 224]) {
		await update(bench, first, "PUT", { bundle, status, percent: 100 });
	}
	await bench.send(device.release());
	await bench.refused(device.claim("0000-0000-0000-0000-0000"));
	const other = await bench.provisioned();
	await bench.send(other.device.claim(activation));
}

/** Statements that read a whole table. */
async function scansOf(spy: DatabaseSpy): Promise<string[]> {
	const faults: string[] = [];
	for (const text of [...spy.rows.keys()].filter((sql) => /^(select|update|delete)/.test(sql))) {
		for (const { detail } of await spy.ask("explain query plan " + text)) {
			if (/^SCAN (?!\(|CONSTANT|\w+ USING INDEX)/.test(String(detail)))
				faults.push(text + ": " + String(detail));
		}
	}
	return faults;
}

test("no request scans a table, or reads rows by the size of the fleet", async (context) => {
	const spy = spyOnDatabase(context);
	const fleet = await openFleet(context);
	spy.reset();
	await askAll(fleet);
	const counts = [...spy.rows];
	assert.ok(counts.length > 10, "the statements were seen");
	assert.deepEqual(
		counts.filter(([, count]) => count > rowsMaximum),
		[],
	);
	// PostgreSQL reads a table of one page as it is; the indexes are the same.
	if (!isOnPostgres) assert.deepEqual(await scansOf(spy), []);
});

test("a list of the audit log reads an index, whatever is asked of it", async (context) => {
	const spy = spyOnDatabase(context);
	const bench = await openBench(context);
	const { service, clock } = bench;
	const { device: refused, uuid: device } = await bench.provisioned();
	const since = clock.seconds();
	clock.advance(10);
	await bench.refused(refused.claim("0000-0000-0000-0000-0000"));
	const filters: { readonly [about: string]: readonly [AuditFilter, number] } = {
		action: [{ action: "product.add" }, 1],
		"since then": [{ since: since + 1 }, 1],
		"since a time that is to come": [{ since: since + 100 }, 0],
		"of a day": [{ since: since + 1, until: since + 100 }, 1],
		refused: [{ isRefused: true }, 1],
		device: [{ device }, (await service.audit(1_000, { device })).length],
	};
	for (const [about, [filter, count]] of Object.entries(filters)) {
		for (const part of [{ limit: 100 }, { after: 0 }, { after: 0, limit: 100 }]) {
			spy.reset();
			const found = await collect(service.auditPages(part, filter));
			assert.equal(found.length, count, about);
			if (!isOnPostgres) assert.deepEqual(await scansOf(spy), [], about);
		}
	}
});

test("answers that are outdated go a few at a time", async (context) => {
	const spy = spyOnDatabase(context);
	const { bench, devices } = await openFleet(context);
	const left = async () => {
		const [row] = await spy.ask("select count(*) as count from answers");
		return Number(row?.["count"]);
	};
	const before = await left();
	bench.clock.advance(661);
	for (const { device } of devices.slice(0, 5)) await bench.send(device.acknowledge());
	assert.equal(await left(), before + 5 - 5 * 4);
});

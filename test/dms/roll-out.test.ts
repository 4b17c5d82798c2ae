import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { DeviceFilter } from "../../hosts/dms/storage/devices.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { type Bench, openBench, type Provisioned, type Reply } from "./bench.js";
import { draftOf } from "./protocol-device.js";
import { createPublisher, product } from "./publisher.js";

const version = "1.1.0.0";

interface Shop {
	readonly bench: Bench;
	readonly devices: readonly Provisioned[];
	report(index: number, status: number): Promise<void>;
	/** The rule that answers this device's query. */
	ruleFor(index: number): Promise<unknown>;
	tag(): Promise<void>;
	reports(): Promise<{ readonly [status: string]: number }>;
}

async function openShop(context: TestContext, size = 12): Promise<Shop> {
	const bench = await openBench(context);
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	const { id: bundle } = await publisher.publish(version, 1);
	const devices: Provisioned[] = [];
	while (devices.length < size) {
		const provisioned = await bench.claimed("alice");
		await bench.send(provisioned.device.activate(product));
		devices.push(provisioned);
	}
	const send = (index: number, method: string, body: { [name: string]: string | number }) => {
		const key = devices[index]?.device.key;
		assert.ok(key);
		const signers = [{ label: deviceLabel, key }];
		return bench.send(draftOf({ method, path: "/update", body }, signers, bench.clock));
	};
	const { bundles } = bench.service;
	return {
		bench,
		devices,
		async report(index, status) {
			const reply: Reply = await send(index, "PUT", { bundle, status, percent: 100 });
			assert.equal(reply.status, 204);
		},
		async ruleFor(index) {
			const query = { version: "1.0.0.0", sequence: 0, generation: 1 };
			return (await send(index, "POST", query)).map?.["rule"];
		},
		tag: () => bundles.tag(product, version, "release", { percent: 100, failurePercent: 10 }),
		reports: async () => (await bundles.show(product, version)).reports,
	};
}

test("a halted roll-out that a person resumes counts from then on", async (context) => {
	const shop = await openShop(context);
	await shop.tag();
	for (const index of [0, 1, 2]) await shop.report(index, 224);
	assert.equal(await shop.ruleFor(5), "roll-out-halted");
	await shop.tag();
	assert.equal(await shop.ruleFor(5), "release");
	for (const [index, status] of [
		[5, 4],
		[5, 1],
		[0, 220],
		[0, 1],
		[1, 224],
		[2, 224],
	] as const) {
		await shop.report(index, status);
		assert.equal(await shop.ruleFor(6), "release", index + " reports " + status);
	}
	await shop.report(3, 225);
	assert.equal(await shop.ruleFor(6), "roll-out-halted", "three have failed since");
});

test("a share that is raised while all goes well forgets no failure", async (context) => {
	const shop = await openShop(context);
	await shop.tag();
	for (const index of [0, 1]) await shop.report(index, 224);
	await shop.tag();
	assert.equal(await shop.ruleFor(5), "release");
	await shop.report(2, 224);
	assert.equal(await shop.ruleFor(5), "roll-out-halted");
});

test("a device that was told otherwise while it downloaded has not failed", async (context) => {
	const shop = await openShop(context);
	await shop.tag();
	for (const index of [0, 1, 2, 3]) await shop.report(index, 211);
	assert.equal(await shop.ruleFor(5), "release");
});

test("a device counts once, by its last report", async (context) => {
	const shop = await openShop(context);
	await shop.tag();
	for (const status of [1, 4, 220, 224, 224, 224]) await shop.report(0, status);
	await shop.report(1, 224);
	assert.deepEqual(await shop.reports(), { "224": 2 });
	assert.equal(await shop.ruleFor(5), "release");
	await shop.report(0, 1);
	assert.deepEqual(await shop.reports(), { "1": 1, "224": 1 });
	for (const index of [2, 3]) await shop.report(index, 224);
	assert.equal(await shop.ruleFor(5), "roll-out-halted");
});

test("what a device runs is what it last said, by a report too", async (context) => {
	const shop = await openShop(context, 1);
	const uuid = shop.devices[0]?.uuid ?? "";
	const { devices } = shop.bench.service;
	await shop.report(0, 220);
	assert.equal((await devices.show(uuid)).version, "1.0.0.0");
	await shop.report(0, 1);
	assert.equal((await devices.show(uuid)).version, version);
});

test("a device that is deleted is no longer among those that have reported", async (context) => {
	const shop = await openShop(context, 2);
	for (const index of [0, 1]) await shop.report(index, 224);
	await shop.bench.service.devices.delete(shop.devices[0]?.uuid ?? "");
	assert.deepEqual(await shop.reports(), { "224": 1 });
});

test("a roll-out that is paused gives nobody its bundle until it goes on", async (context) => {
	const shop = await openShop(context, 4);
	const { rollOuts } = shop.bench.service;
	await assert.rejects(rollOuts.show(product, "release"), /no bundle that is tagged release/);
	await shop.tag();
	await shop.report(0, 224);
	await rollOuts.pause(product, "release");
	assert.equal(await shop.ruleFor(1), "roll-out-halted");
	const { haltedAt, haltedBy } = await rollOuts.show(product, "release");
	assert.deepEqual([haltedAt, haltedBy], [shop.bench.clock.seconds(), "operator"]);
	await rollOuts.resume(product, "release");
	assert.equal(await shop.ruleFor(1), "release");
	const resumed = await rollOuts.show(product, "release");
	assert.deepEqual([resumed.haltedAt, resumed.percent, resumed.failurePercent], [null, 100, 10]);
	const actions = (await shop.bench.audit()).map(({ action }) => action);
	assert.deepEqual(actions.slice(-2), ["bundle.pause", "bundle.tag"]);
});

test("a roll-out's state counts each device once, and says why some fail", async (context) => {
	const shop = await openShop(context, 8);
	const { devices, rollOuts } = shop.bench.service;
	await shop.tag();
	const uuids = shop.devices.map(({ uuid }) => uuid);
	await devices.tag(uuids[5] ?? "", "beta");
	await devices.pin(uuids[6] ?? "", version);
	await devices.lock(uuids[7] ?? "");
	for (const [index, status] of [4, 1, 1, 221, 211].entries()) await shop.report(index, status);
	const state = await rollOuts.show(product, "release");
	assert.equal(state.devices, 6, "neither the pinned one nor the locked one");
	assert.deepEqual([state.underWay, state.confirmed, state.failed], [1, 2, 1]);
	assert.deepEqual(await shop.bench.service.products.versions(product), [
		{ version: "1.0.0.0", devices: 6 },
		{ version, devices: 2 },
	]);
	await assert.rejects(shop.bench.service.products.versions("NONE"), /no product NONE/);
	assert.deepEqual(state.reasons, [
		{
			status: 221,
			message: "That version crashed on this device too often. It is not tried again.",
			devices: 1,
		},
	]);
	const behind = async (filter: DeviceFilter): Promise<(string | undefined)[]> =>
		(await devices.list(filter)).map(({ uuid }) => uuid).sort();
	const of = { product, reported: version };
	assert.deepEqual(await behind({ ...of, reportedStatus: 221 }), [uuids[3]]);
	assert.deepEqual(await behind({ ...of, reportedStatus: 1 }), uuids.slice(1, 3).sort());
	assert.deepEqual(await behind(of), uuids.slice(0, 5).sort());
	assert.deepEqual(await behind({ ...of, reported: "9.9.9.9" }), []);
	assert.deepEqual(await behind({ reportedStatus: 211, owner: "nobody" }), []);
	await shop.report(4, 999);
	for (const index of [0, 1]) await shop.report(index, 221);
	const { haltedBy, reasons } = await rollOuts.show(product, "release");
	assert.equal(haltedBy, "service");
	assert.match(reasons[1]?.message ?? "", /999/);
	await shop.bench.service.bundles.tag(product, version, "beta", { percent: 50 });
	const beta = await rollOuts.show(product, "beta");
	assert.deepEqual([beta.devices, beta.offered], [1, 1]);
	assert.equal((await rollOuts.show(product, "release")).devices, 5);
});

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
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

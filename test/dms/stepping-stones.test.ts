/** What a service gives devices that were off while their platform's key was replaced. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { decodeUpdateOffer, type UpdateOffer } from "../../src/protocol/update.js";
import type { MessagePackMap } from "../../src/protocol/message-pack.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { type Bench, openBench, type Provisioned } from "./bench.js";
import { draftOf } from "./protocol-device.js";
import { createPublisher, product, type Publisher } from "./publisher.js";

interface Shop {
	readonly bench: Bench;
	readonly publisher: Publisher;
	readonly device: Provisioned;
	/** The name of the platform's key before. */
	readonly former: Uint8Array;
	/** What a device with this firmware is offered. */
	ask(firmware: MessagePackMap): Promise<UpdateOffer>;
	/** The statement of a bundle, as a device gets it; `undefined` where it gets none. */
	statementOf(bundle: string | undefined): Promise<Uint8Array | undefined>;
}

/** 1.1.0.0 has the platform's next key; generation 2 of the product's is stated by that alone. */
async function openShop(context: TestContext): Promise<Shop> {
	const bench = await openBench(context);
	const { bundles } = bench.service;
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	await publisher.publish("1.1.0.0", 1);
	const former = publisher.platformKeyName();
	await bundles.addKey(publisher.restate(), "1.1.0.0");
	await publisher.addKey(true);
	await publisher.publish("1.1.0.0", 1);
	await publisher.publish("1.2.0.0", 2);
	await bundles.tag(product, "1.2.0.0", "release");
	const device = await bench.claimed("alice");
	assert.equal((await bench.send(device.device.activate(product))).status, 200);
	const signers = [{ label: deviceLabel, key: device.device.key }];
	const send = (method: string, path: string, body?: MessagePackMap) =>
		bench.send(draftOf({ method, path, ...(body && { body }) }, signers, bench.clock));
	return {
		...{ bench, publisher, device, former },
		async ask(firmware) {
			const body = { version: "1.0.0.0", sequence: 0, generation: 1, ...firmware };
			const reply = await send("POST", "/update", body);
			assert.equal(reply.status, 200, JSON.stringify(reply.map));
			const offer = decodeUpdateOffer(reply.bytes);
			assert.ok(offer);
			return offer;
		},
		async statementOf(bundle) {
			const reply = await send("GET", `/update/${bundle}/statement`);
			return reply.status === 200 ? reply.bytes : undefined;
		},
	};
}

const said = ({ rule, version, key }: UpdateOffer) => [rule, version, key !== undefined];

test("who has the key before gets what leads over first, others the release", async (context) => {
	const { ask, former, publisher } = await openShop(context);
	const over = ["stepping-stone", "1.1.0.0", false];
	assert.deepEqual(said(await ask({ platformKey: former })), over);
	const next = publisher.platformKeyName();
	assert.deepEqual(said(await ask({ platformKey: next })), ["release", "1.2.0.0", true]);
	// Versions of another product count for nothing, nor do those of a board on a desk.
	assert.deepEqual(said(await ask({ platformKey: former, version: "7.0.0.0" })), over);
	assert.equal((await ask({ platformKey: next, version: "0.0.0.1" })).rule, "release");
	// Firmware that doesn't name its platform's key goes by its version.
	assert.deepEqual(said(await ask({})), over);
	assert.equal((await ask({ version: "1.1.0.0" })).rule, "release");
	assert.equal((await ask({ generation: 2 })).rule, "release");
	// A board that is new to the product gets the statement that it can check.
	assert.deepEqual(said(await ask({ platformKey: former, generation: 0 })), [
		...over.slice(0, 2),
		true,
	]);
});

test("what is held is by the key before, also when the bundle is signed anew", async (context) => {
	const { ask, bench, device, former, statementOf } = await openShop(context);
	const { bundle } = await ask({ platformKey: former });
	const held = await statementOf(bundle);
	const { id } = await bench.service.bundles.show(product, "1.1.0.0");
	assert.ok(held);
	assert.notDeepEqual(held, await statementOf(id));
	const body = { bundle: bundle ?? "", status: 1, percent: 100 };
	const signers = [{ label: deviceLabel, key: device.device.key }];
	const report = draftOf({ method: "PUT", path: "/update", body }, signers, bench.clock);
	assert.equal((await bench.send(report)).status, 204);
	assert.equal((await bench.service.devices.show(device.uuid)).version, "1.1.0.0");
	assert.equal((await bench.service.bundles.show(product, "1.1.0.0")).reports["1"], 1);
});

test("the operator sees who has it before him, and can take it away", async (context) => {
	const { ask, bench, device, former, statementOf } = await openShop(context);
	const { bundles, devices, steppingStones } = bench.service;
	const { bundle } = await ask({ platformKey: former, version: "7.0.0.0" });
	assert.equal((await devices.outlook(device.uuid)).rule, "stepping-stone");
	const [stone] = await steppingStones.list(product);
	assert.deepEqual([stone?.version, stone?.generation, stone?.devices], ["1.1.0.0", 1, 1]);
	await assert.rejects(
		bundles.withdraw(product, "1.1.0.0"),
		/stepping-stones ACME-LAMP --remove 1/,
	);
	await steppingStones.remove(product, 1);
	for (const generation of [0, 1]) {
		const offer = await ask({ platformKey: former, generation });
		assert.deepEqual(said(offer), ["platform-key", undefined, false]);
		assert.match(offer.message, /needs a cable/);
	}
	assert.equal(await statementOf(bundle), undefined, "nothing of it is given out");
	assert.equal((await devices.outlook(device.uuid)).rule, "platform-key");
	await bundles.withdraw(product, "1.1.0.0");
});

test("who is to stay below, or runs what should lead over, isn't led", async (context) => {
	const { ask, bench, device, former, publisher } = await openShop(context);
	await publisher.publish("1.0.5.0", 3);
	await bench.service.devices.pin(device.uuid, "1.0.5.0");
	assert.equal((await ask({ platformKey: former })).rule, "key");
	await bench.service.devices.pin(device.uuid, undefined);
	assert.equal((await ask({ platformKey: former, version: "1.1.0.0" })).rule, "platform-key");
	// The lowest that is offered is for what runs without a detour.
	await bench.service.products.setFloor(product, "1.2.0.0");
	assert.equal((await ask({ platformKey: former })).rule, "stepping-stone");
	assert.equal((await ask({ platformKey: former, sequence: 2 })).rule, "older");
});

test("a statement by the platform's next key needs the version that has it", async (context) => {
	const bench = await openBench(context);
	const { bundles } = bench.service;
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	await publisher.publish("1.1.0.0", 1);
	await publisher.publish("1.2.0.0", 2, { expires: bench.clock.seconds() + 60 });
	const same = publisher.keyStatement(true);
	await assert.rejects(bundles.addKey(same, "1.1.0.0"), /by the platform's present key/);
	const restated = publisher.restate();
	await assert.rejects(bundles.addKey(restated), /--since <version>/);
	await assert.rejects(bundles.addKey(restated, "1.9.0.0"), /no version 1\.9\.0\.0\. Publish it/);
	await assert.rejects(bundles.addKey(restated, "1.2.0.0"), /Publish one without an end/);
	await bundles.addKey(restated, "none");
	assert.deepEqual(
		(await bench.service.steppingStones.list(product)).map(({ version }) => version),
		[null],
	);
});

/** What a device has learnt of a product stays with that product, wherever the device has been. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DfuStatus } from "../../src/update/status.js";
import { user } from "../journey/world.js";
import { bundleOf, type Fleet, inFleet, newImage, newVersion, oldImage } from "./fleet.js";
import { keysOf, keyStatement, statement } from "./publisher.js";

const lamp = "ACME-LAMP";
const other = "OTHER-THING";
const nextKeys = keysOf("next product key");
const otherKeys = keysOf("another product");
const nextKey = keyStatement({ generation: 2, key: nextKeys.publicKey });
const otherKey = keyStatement({ product: other, key: otherKeys.publicKey });

async function addProduct({ service }: Fleet, code: string): Promise<void> {
	await service().products.add({ code, title: code, platform: "board", owner: user });
}

async function activate(fleet: Fleet, code: string, key: Uint8Array | undefined): Promise<string> {
	fleet.bundles.key = key;
	return fleet.terminal.type("dms_activate " + code);
}

async function update(fleet: Fleet, bundle: Fleet["bundles"]["bundle"]): Promise<void> {
	fleet.bundles.bundle = bundle;
	fleet.terminal.send("dfu_update");
	await fleet.terminal.until("[Updated to " + bundle?.version);
}

async function isRefused(
	{ bundles, terminal }: Fleet,
	bundle: Fleet["bundles"]["bundle"],
	status: DfuStatus,
): Promise<void> {
	bundles.bundle = bundle;
	assert.match(await terminal.type("dfu_update"), /Command failed/);
	assert.equal(await terminal.type("get dfu.status"), String(status));
}

/** The product that the device goes by: it says so when it asks. */
async function productOf({ bundles, terminal }: Fleet): Promise<string | undefined> {
	await terminal.type("dfu_query");
	return bundles.queries.at(-1)?.product;
}

/** On generation 2, with sequence 7 confirmed and floor 0.2.0.0. */
async function advance(fleet: Fleet): Promise<void> {
	fleet.bundles.offeredKey = nextKey;
	const fields = { sequence: 7, floor: newVersion };
	await update(fleet, bundleOf(newImage, fields, statement(newImage, fields, nextKeys)));
	fleet.bundles.offeredKey = undefined;
}

const oldFields = { version: "0.1.0.0", sequence: 1 };
const oldBundle = bundleOf(oldImage, oldFields);
const oldResigned = bundleOf(oldImage, oldFields, statement(oldImage, oldFields, nextKeys));

for (const processor of ["v8", "xs"] as const) {
	test(
		"a stolen service rolls nothing back by way of another product, on " + processor,
		async () => {
			await inFleet({ processor }, async (fleet) => {
				const { bundles, terminal, service } = fleet;
				await advance(fleet);
				await isRefused(fleet, oldBundle, DfuStatus.ApplicationSignatureInvalid);
				// The thief waits for two ordinary lines of the owner.
				await addProduct(fleet, other);
				bundles.claimed = { product: other, key: otherKey };
				const { token } = await service().tokens.addClaim({ user });
				assert.match(await terminal.type("dms_claim " + token), /dms_activate OTHER-THING/);
				assert.equal(await productOf(fleet), lamp, "a claim moves nothing");
				await activate(fleet, lamp, keyStatement());
				await isRefused(fleet, oldBundle, DfuStatus.ApplicationSignatureInvalid);
				await isRefused(fleet, oldResigned, DfuStatus.OlderSequence);
			});
		},
	);
}

test("key, sequence, floor and refusals of a product are there again after another", async () => {
	await inFleet({}, async (fleet) => {
		await advance(fleet);
		await addProduct(fleet, other);
		await activate(fleet, other, otherKey);
		const fields = { product: other, sequence: 1, version: "0.3.0.0" };
		const foreign = statement(newImage, fields, nextKeys);
		await isRefused(fleet, bundleOf(newImage, fields, foreign), 105);
		assert.match(await activate(fleet, lamp, keyStatement()), /older key/);
		await isRefused(fleet, oldResigned, DfuStatus.OlderSequence);
		const low = { version: "0.1.0.0", sequence: 8 };
		const belowFloor = bundleOf(oldImage, low, statement(oldImage, low, nextKeys));
		await isRefused(fleet, belowFloor, DfuStatus.BelowFloor);
	});
});

test("an activation token moves a device to the product that it names", async () => {
	await inFleet({}, async (fleet) => {
		const { bundles, terminal, service } = fleet;
		await addProduct(fleet, other);
		bundles.claimed = { key: otherKey };
		const { token } = await service().tokens.addActivation({ user, product: other });
		assert.match(token, /^OTHER-THING\/[0-9A-Z]{4}-/);
		assert.match(await terminal.type("dms_claim " + token), /activated to OTHER-THING/);
		assert.equal(await productOf(fleet), other);
	});
});

test("on a product without a key no image of the former one's is taken", async () => {
	await inFleet({}, async (fleet) => {
		await addProduct(fleet, other);
		await activate(fleet, other, undefined);
		assert.equal(await productOf(fleet), other);
		await isRefused(fleet, bundleOf(newImage), DfuStatus.NotActivated);
		const query = fleet.bundles.queries.at(-1);
		assert.deepEqual([query?.product, query?.generation], [other, 0]);
		assert.equal(query?.hardware, fleet.board.mac.replaceAll(":", ""), "and on which board");
		// The product's key comes later, with an offer.
		fleet.bundles.offeredKey = otherKey;
		const fields = { product: other };
		await update(fleet, bundleOf(newImage, fields, statement(newImage, fields, otherKeys)));
	});
});

test("a ninth product is refused, and the eight before are not forgotten", async () => {
	await inFleet({}, async (fleet) => {
		await advance(fleet);
		for (let count = 2; count <= 9; count++) {
			const product = "THING-" + count;
			await addProduct(fleet, product);
			const said = await activate(fleet, product, keyStatement({ product, generation: 1 }));
			assert.equal(said.includes("[Updates: This device has been on 8 products"), count > 8, said);
			assert.match(said, /Success/, "the service has done it");
		}
		await activate(fleet, lamp, keyStatement());
		await isRefused(fleet, oldResigned, DfuStatus.OlderSequence);
	});
});

test("a device takes numbers by the time, at first and years later", async () => {
	await inFleet({ processor: "xs" }, async (fleet) => {
		// What `opendms bundle build` gives: seconds since 1970.
		const now = Math.floor(Date.now() / 1000);
		await update(fleet, bundleOf(newImage, { sequence: now }));
		const version = "0.1.0.0";
		const later = { version, sequence: now + 20 * 365 * 86_400 };
		await update(fleet, bundleOf(oldImage, later));
	});
});

test("a stolen key can't use the numbers up: the next one begins anew", async () => {
	await inFleet({}, async (fleet) => {
		const most = Number.MAX_SAFE_INTEGER;
		await isRefused(fleet, bundleOf(newImage, { sequence: most }), DfuStatus.StepTooLarge);
		fleet.bundles.offeredKey = keyStatement({ generation: most });
		await isRefused(fleet, bundleOf(newImage), DfuStatus.StepTooLarge);
		fleet.bundles.offeredKey = undefined;
		// The record says of the last but one that it was good, and of the last that it was tried.
		for (const sequence of [10_000_000_000, 20_000_000_000]) {
			await update(fleet, bundleOf(newImage, { sequence }));
		}
		fleet.bundles.offeredKey = nextKey;
		const version = "0.1.0.0";
		const fields = { version, sequence: 1 };
		await update(fleet, bundleOf(oldImage, fields, statement(oldImage, fields, nextKeys)));
	});
});

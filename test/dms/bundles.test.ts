import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	platformKeyOf,
	restateProductKey,
} from "../../hosts/dms/publisher/keys.js";
import { readKeyStatement, readStatement } from "../../hosts/dms/publisher/statements.js";
import { createPrivateKeyP256, publicPointOf } from "../../hosts/dms/authority/credential.js";
import { platformKeyName, statementLengthMaximum } from "../../src/protocol/update.js";
import { nameLengthMaximum } from "../../src/protocol/messages.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { sha256 } from "../../hosts/dms/digest.js";
import { draftOf } from "./protocol-device.js";
import { type Bench, openBench } from "./bench.js";
import { createPublisher, imageOf, platform, product, type Publisher } from "./publisher.js";

async function openShop(context: TestContext): Promise<{ bench: Bench; publisher: Publisher }> {
	const bench = await openBench(context);
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	return { bench, publisher };
}

const about = { product, platform, version: "1.0.0.0", sequence: 1 };

test("a statement with any one bit changed is refused", () => {
	const key = createPrivateKeyP256();
	const { statement } = makeBundle({ ...about, image: imageOf("1.0.0.0", 100) }, key);
	const publicKey = publicPointOf(key);
	assert.equal(readStatement(statement, publicKey)?.version, "1.0.0.0");
	for (let bit = 0; bit < statement.length * 8; bit++) {
		const changed = Uint8Array.from(statement);
		changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		assert.equal(readStatement(changed, publicKey), undefined, "bit " + bit);
	}
});

test("a statement has room for any image that fits a slot of 1.9 MB", () => {
	const key = createPrivateKeyP256();
	for (const length of [1, 4096, 4097, 500_000, 1_900_000]) {
		const image = new Uint8Array(length);
		const { statement } = makeBundle({ ...about, floor: "1.0.0.0", expires: 2e9, image }, key);
		assert.ok(statement.length <= statementLengthMaximum, length + ": " + statement.length);
		const read = readStatement(statement, publicPointOf(key));
		assert.equal(read?.length, length);
		assert.ok(read.blockLength === 4096 || length > 400_000, "blocks are as small as they can be");
	}
});

test("a bundle is taken only with its product's key, place and platform", async (context) => {
	const { bench, publisher } = await openShop(context);
	const { bundles } = bench.service;
	const stranger = createPrivateKeyP256();
	const image = imageOf("1.0.0.0");
	const forged = makeBundle({ ...about, image }, stranger);
	await assert.rejects(bundles.publish(forged), /not signed with a product's key/);
	await publisher.publish("1.0.0.0", 1);
	await assert.rejects(publisher.publish("1.0.0.0", 2), /another bundle of version 1\.0\.0\.0/);
	await assert.rejects(publisher.publish("1.1.0.0", 1), /sequence 1/);
	const other = publisher.publish("1.2.0.0", 3, { platform: "board" });
	await assert.rejects(other, /is for esp32/);
	await assert.rejects(publisher.publish("1.2", 3), /four numbers/);
	await assert.rejects(publisher.publish("1.2.0.0", 3, { image: new Uint8Array() }), /is empty/);
	assert.equal((await bundles.list(product)).length, 1);
});

test("an image that isn't the signed one is refused", async (context) => {
	const { bench, publisher } = await openShop(context);
	await assert.rejects(publisher.publishSwapped("1.0.0.0", 1), /not the one that was signed/);
	assert.deepEqual(await bench.service.bundles.list(product), []);
});

test("a tagged bundle is frozen: withdrawn only once the tag has moved", async (context) => {
	const { bench, publisher } = await openShop(context);
	const { bundles } = bench.service;
	await publisher.publish("1.0.0.0", 1);
	await publisher.publish("1.1.0.0", 2);
	await bundles.tag(product, "1.0.0.0", "release");
	await assert.rejects(bundles.withdraw(product, "1.0.0.0"), /is tagged release/);
	await bundles.tag(product, "1.1.0.0", "release");
	await bundles.withdraw(product, "1.0.0.0");
	await assert.rejects(bundles.tag(product, "1.0.0.0", "beta"), /withdrawn/);
	const tags = (await bundles.list(product)).map(({ version, tags }) => [
		version,
		tags.map(({ tag }) => tag),
	]);
	assert.deepEqual(tags, [
		["1.1.0.0", ["release"]],
		["1.0.0.0", []],
	]);
	const actions = (await bench.audit()).map(({ action }) => action);
	for (const action of ["product.key", "bundle.publish", "bundle.tag", "bundle.withdraw"]) {
		assert.ok(actions.includes(action), action);
	}
});

test("a key is replaced by a higher generation, and bundles signed anew", async (context) => {
	const { bench, publisher } = await openShop(context);
	const { bundles } = bench.service;
	const first = await publisher.publish("1.0.0.0", 1);
	await assert.rejects(publisher.addKey(), /To make the next one: --replace/);
	await publisher.addKey(true);
	assert.equal((await bundles.show(product, "1.0.0.0")).isOfOldKey, true);
	const again = await publisher.publish("1.0.0.0", 1);
	assert.equal(again.id, first.id);
	assert.equal(again.isOfOldKey, false);
});

test("a key statement of another platform, or one that is none, is refused", async (context) => {
	const { bench } = await openShop(context);
	await assert.rejects(bench.service.bundles.addKey(new Uint8Array(10)), /no product key/);
	assert.equal(readKeyStatement(new Uint8Array()), undefined);
});

test("an image has room in a slot of its platform, or is refused", async (context) => {
	const { publisher } = await openShop(context);
	const slot = 1_966_080;
	const build = (length: number, slotLength?: number) =>
		publisher.publish("1.0.0." + sequence, sequence++, {
			image: new Uint8Array(length),
			slotLength,
		});
	let sequence = 1;
	await assert.rejects(build(0), /empty/);
	await build(1);
	assert.equal((await build(slot)).length, slot);
	await assert.rejects(build(slot + 1), /has 1966081 bytes.* slot of esp32 has 1966080.*--slot/);
	for (const length of [4 * 1024 * 1024, 8 * 1024 * 1024]) {
		assert.equal((await build(length, length)).length, length);
	}
	await assert.rejects(build(1, 8 * 1024 * 1024 + 1), /at most 8388608/);
});

test("the longest image with the longest names has a statement of at most 4,096 bytes", () => {
	const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
	const length = 8 * 1024 * 1024;
	const longest = "W".repeat(nameLengthMaximum);
	const version = "65535.65535.65535.65535";
	const names = { product: longest, platform: longest, version, floor: version };
	const numbers = { sequence: Number.MAX_SAFE_INTEGER, expires: Number.MAX_SAFE_INTEGER };
	const image = new Uint8Array(length);
	const { statement } = makeBundle({ ...names, ...numbers, image, slotLength: length }, privateKey);
	assert.ok(statement.length <= 4_096);
});

test("a key that its platform's next key states anew is the same key", async (context) => {
	const bench = await openBench(context);
	const keys = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(keys, { recursive: true }));
	createPlatformKey(keys, platform);
	const first = createProductKey(keys, product, platform, false);
	const stated = Uint8Array.from(readFileSync(first.statement));
	await bench.service.bundles.addKey(stated);
	rmSync(join(keys, `platform-${platform}.key`));
	createPlatformKey(keys, platform);
	assert.deepEqual(restateProductKey(keys, product, platform), first);
	const restated = Uint8Array.from(readFileSync(first.statement));
	assert.notDeepEqual(restated, stated);
	for (const _ of [1, 2]) await bench.service.bundles.addKey(restated);
	const { device } = await bench.claimed("alice");
	const { map } = await bench.send(device.activate(product));
	assert.equal(map?.["key"], undefined, "it comes when the device has said by whom it can be");
	const name = platformKeyName(platformKeyOf(keys, platform), { sha256 });
	const body = { version: "1.0.0.0", sequence: 0, generation: 0, platformKey: name };
	const question = { method: "POST", path: "/update", body };
	const signers = [{ label: deviceLabel, key: device.key }];
	const answer = await bench.send(draftOf(question, signers, bench.clock));
	assert.deepEqual(Uint8Array.from(answer.map?.["key"] as Uint8Array), restated);
	const entries = (await bench.audit()).filter(({ action }) => action === "product.key");
	assert.equal(entries.length, 2);
});

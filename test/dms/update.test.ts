import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { decodeRefusal } from "../../src/protocol/messages.js";
import { decodeUpdateOffer, type UpdateOffer } from "../../src/protocol/update.js";
import { type Bench, openBench, type Provisioned } from "./bench.js";
import { draftOf } from "./protocol-device.js";
import { createPublisher, imageOf, product, type Publisher } from "./publisher.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import type { MessagePackMap } from "../../src/protocol/message-pack.js";

interface Shop {
	readonly bench: Bench;
	readonly publisher: Publisher;
	/** A device on the product. */
	activated(): Promise<Provisioned>;
	ask(device: Provisioned, changed?: MessagePackMap): Promise<UpdateOffer>;
	report(device: Provisioned, bundle: string, status: number): Promise<void>;
}

async function openShop(context: TestContext): Promise<Shop> {
	const bench = await openBench(context);
	const publisher = createPublisher(context, bench.service);
	await publisher.addKey();
	const send = ({ device }: Provisioned, method: string, body: MessagePackMap) => {
		const signers = [{ label: deviceLabel, key: device.key }];
		return draftOf({ method, path: "/update", body }, signers, bench.clock);
	};
	return {
		bench,
		publisher,
		async activated() {
			const made = await bench.claimed("alice");
			assert.equal((await bench.send(made.device.activate(product))).status, 200);
			return made;
		},
		async ask(device, changed) {
			const body = { version: "1.0.0.0", sequence: 0, generation: 1, ...changed };
			const reply = await bench.send(send(device, "POST", body));
			assert.equal(reply.status, 200, JSON.stringify(reply.map));
			const offer = decodeUpdateOffer(reply.bytes);
			assert.ok(offer);
			return offer;
		},
		async report(device, bundle, status) {
			const body = { bundle, status, percent: 100 };
			assert.equal((await bench.send(send(device, "PUT", body))).status, 204);
		},
	};
}

test("a device gets the release; one tagged beta the beta, or the release", async (context) => {
	const { bench, publisher, activated, ask } = await openShop(context);
	const { bundles, devices } = bench.service;
	const one = await activated();
	assert.equal((await ask(one)).rule, "untagged");
	const release = await publisher.publish("1.1.0.0", 1);
	const beta = await publisher.publish("1.2.0.0", 2);
	assert.equal((await ask(one)).rule, "untagged");
	await bundles.tag(product, "1.1.0.0", "release");
	const offer = await ask(one);
	assert.deepEqual([offer.rule, offer.bundle, offer.version], ["release", release.id, "1.1.0.0"]);
	await devices.tag(one.uuid, "beta");
	assert.equal((await ask(one)).bundle, release.id);
	await bundles.tag(product, "1.2.0.0", "beta");
	assert.deepEqual([(await ask(one)).rule, (await ask(one)).bundle], ["beta", beta.id]);
	const up = await ask(one, { version: "1.2.0.0", sequence: 2 });
	assert.deepEqual([up.rule, up.bundle], ["up-to-date", undefined]);
	const other = await ask(one, { product: "OTHER-THING" });
	assert.deepEqual([other.rule, other.bundle, other.key], ["product-other", undefined, undefined]);
	assert.equal((await ask(one, { product })).bundle, beta.id);
});

test("a pin counts more than tags, a wanted version more than a pin", async (context) => {
	const { bench, publisher, activated, ask } = await openShop(context);
	const one = await activated();
	const versions = ["1.1.0.0", "1.2.0.0", "1.3.0.0"];
	for (const [index, version] of versions.entries()) await publisher.publish(version, index + 1);
	await bench.service.bundles.tag(product, "1.1.0.0", "release");
	await bench.service.devices.pin(one.uuid, "1.2.0.0");
	assert.equal((await ask(one)).version, "1.2.0.0");
	assert.equal((await ask(one, { wanted: "1.3.0.0" })).version, "1.3.0.0");
	await bench.service.devices.pin(one.uuid, "9.0.0.0");
	assert.equal((await ask(one)).rule, "pin-unknown");
	await bench.service.devices.pin(one.uuid, undefined);
	assert.equal((await ask(one)).rule, "release");
});

test("what speaks against a bundle is said, and asked for in person refused", async (context) => {
	const { bench, publisher, activated, ask } = await openShop(context);
	const { bundles, products } = bench.service;
	const one = await activated();
	const expires = bench.clock.seconds() + 60;
	await publisher.publish("1.1.0.0", 5, { expires });
	await bundles.tag(product, "1.1.0.0", "release");
	assert.equal((await ask(one)).rule, "release");
	assert.equal((await ask(one, { sequence: 6 })).rule, "older");
	await products.setFloor(product, "1.2.0.0");
	assert.equal((await ask(one)).rule, "floor");
	await products.setFloor(product, "0.0.0.0");
	bench.clock.advance(60);
	assert.equal((await ask(one)).rule, "expired");
	await assert.rejects(ask(one, { wanted: "1.1.0.0" }), /version-not-offered/);
	await assert.rejects(ask(one, { wanted: "7.0.0.0" }), /version-unknown/);
	await publisher.addKey(true);
	assert.equal((await ask(one)).rule, "key");
});

test("on a production product nobody chooses a version but its publisher", async (context) => {
	const { bench, activated, ask } = await openShop(context);
	const one = await activated();
	await bench.service.products.add({
		code: "ACME-FINAL",
		title: "Final",
		platform: "esp32",
		owner: "alice",
		production: true,
	});
	assert.equal((await bench.send(one.device.activate("ACME-FINAL"))).status, 200);
	await assert.rejects(ask(one, { wanted: "1.0.0.0" }), /version-not-chosen/);
	assert.equal((await ask(one)).rule, "untagged");
});

test("a device without a product is told so", async (context) => {
	const { bench, ask } = await openShop(context);
	await assert.rejects(ask(await bench.provisioned()), /activate-before-update/);
});

test("the key comes with the activation, and with an offer when it is newer", async (context) => {
	const { bench, publisher, activated, ask } = await openShop(context);
	const made = await bench.claimed("alice");
	const activation = await bench.send(made.device.activate(product));
	assert.ok(activation.map?.key instanceof Uint8Array);
	const one = await activated();
	assert.equal((await ask(one)).key, undefined);
	assert.ok((await ask(one, { generation: 0 })).key);
	await publisher.addKey(true);
	assert.ok((await ask(one)).key);
	const token = await bench.service.tokens.addActivation({ user: "alice", product });
	const { device } = await bench.provisioned();
	assert.ok((await bench.send(device.claim(token.token))).map?.key instanceof Uint8Array);
});

test("a roll-out reaches its share, the same devices as it grows", async (context) => {
	const { bench, publisher, activated, ask } = await openShop(context);
	const devices = [];
	for (let count = 0; count < 40; count++) devices.push(await activated());
	await publisher.publish("1.1.0.0", 1);
	let before = new Set<string>();
	for (const percent of [0, 25, 50, 100]) {
		await bench.service.bundles.tag(product, "1.1.0.0", "release", { percent });
		const reached = new Set<string>();
		for (const device of devices) {
			const { rule } = await ask(device);
			assert.ok(rule === "release" || rule === "roll-out-waits");
			if (rule === "release") reached.add(device.uuid);
		}
		assert.ok([...before].every((uuid) => reached.has(uuid)));
		before = reached;
		if (percent === 0) assert.equal(reached.size, 0);
		if (percent === 50) assert.ok(reached.size > 8 && reached.size < 32, reached.size + " of 40");
	}
	assert.equal(before.size, 40);
});

test("a roll-out stops by itself when too many devices fail, and not before", async (context) => {
	const { bench, publisher, activated, ask, report } = await openShop(context);
	const { id } = await publisher.publish("1.1.0.0", 1);
	await bench.service.bundles.tag(product, "1.1.0.0", "release", { failurePercent: 20 });
	const devices = [];
	for (let count = 0; count < 20; count++) devices.push(await activated());
	for (const device of devices.slice(0, 12)) await report(device, id, 1);
	for (const device of devices.slice(12, 15)) await report(device, id, 221);
	const [last] = devices.slice(19);
	assert.ok(last);
	assert.equal((await ask(last)).rule, "release", "3 of 15 are 20 %");
	for (const device of devices.slice(15, 17)) await report(device, id, 12);
	assert.equal((await ask(last)).rule, "release", "an outage is no failure");
	for (const device of devices.slice(17, 18)) await report(device, id, 222);
	assert.equal((await ask(last)).rule, "roll-out-halted");
	const shown = await bench.service.bundles.show(product, "1.1.0.0");
	assert.equal(shown.tags[0]?.haltedAt, bench.clock.seconds());
	assert.deepEqual(shown.reports, { "1": 12, "12": 2, "221": 3, "222": 1 });
	assert.ok((await bench.audit()).some(({ action }) => action === "bundle.halt"));
	await bench.service.bundles.tag(product, "1.1.0.0", "release");
	assert.equal((await ask(last)).rule, "release");
});

test("the interval is the product's, and each device's own", async (context) => {
	const { bench, activated, ask } = await openShop(context);
	await bench.service.products.setUpdateInterval(product, 1000);
	const intervals = new Set<number | undefined>();
	for (let count = 0; count < 10; count++) {
		const device = await activated();
		const { interval = 0 } = await ask(device);
		assert.ok(interval >= 900 && interval <= 1100);
		assert.equal((await ask(device)).interval, interval);
		intervals.add(interval);
	}
	assert.ok(intervals.size > 5);
});

test("statement and image, whole and in parts", async (context) => {
	const { bench, publisher } = await openShop(context);
	const { id } = await publisher.publish("1.1.0.0", 1);
	const image = imageOf("1.1.0.0");
	const get = async (part: string, headers: Record<string, string> = {}) =>
		bench.service.fetch(new Request("https://dms.example.com/update/" + id + part, { headers }));
	const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
	assert.equal((await get("/statement")).status, 200);
	const whole = await get("/image");
	assert.equal(whole.status, 200);
	assert.equal(whole.headers.get("content-length"), String(image.length));
	assert.match(whole.headers.get("cache-control") ?? "", /immutable/);
	assert.deepEqual(await bytesOf(whole), image);
	const etag = whole.headers.get("etag") ?? "";
	assert.equal((await get("/image", { "if-none-match": etag })).status, 304);
	for (const tags of ['"a", W/' + etag, "*"]) {
		assert.equal((await get("/image", { "if-none-match": tags })).status, 304, tags);
	}
	const ranges: readonly [string, number, number][] = [
		["bytes=0-", 0, 10_000],
		["bytes=4096-", 4096, 10_000],
		["bytes=4096-8191", 4096, 8192],
		["bytes=9999-20000", 9999, 10_000],
		["bytes=-10", 9990, 10_000],
	];
	for (const [range, start, end] of ranges) {
		const part = await get("/image", { range, "if-range": etag });
		assert.equal(part.status, 206, range);
		const contentRange = "bytes " + start + "-" + (end - 1) + "/10000";
		assert.equal(part.headers.get("content-range"), contentRange);
		assert.equal(part.headers.get("content-length"), String(end - start));
		assert.deepEqual(await bytesOf(part), image.slice(start, end));
	}
	for (const range of ["bytes=10000-", "bytes=-0"]) {
		const part = await get("/image", { range });
		assert.equal(part.status, 416, range);
		assert.equal(part.headers.get("content-range"), "bytes */10000");
		assert.equal(decodeRefusal(await bytesOf(part))?.rule, "request");
	}
	for (const range of ["bytes=5-4", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4"]) {
		assert.equal((await get("/image", { range })).status, 200, range);
	}
	assert.equal((await get("/image", { range: "bytes=0-1", "if-range": '"other"' })).status, 200);
	await bench.service.bundles.withdraw(product, "1.1.0.0");
	assert.equal((await get("/image")).status, 404);
	assert.equal((await get("/statement")).status, 404);
});

test("a device that says that an update succeeded runs its version", async (context) => {
	const { bench, publisher, activated, report } = await openShop(context);
	const device = await activated();
	const { id } = await publisher.publish("1.1.0.0", 1);
	const versionOf = async () => (await bench.service.devices.show(device.uuid)).version;
	for (const status of [4, 14, 224]) {
		await report(device, id, status);
		assert.equal(await versionOf(), "1.0.0.0", "status " + status);
	}
	await report(device, id, 1);
	assert.equal(await versionOf(), "1.1.0.0");
});

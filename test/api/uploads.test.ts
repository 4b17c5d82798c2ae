/** Files that are sent to the service: what of them is in memory, on the disk, and left behind. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createApi } from "../../hosts/dms/api/api.js";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import {
	bundleHead,
	encodeBundle,
	findBundleIn,
	makeBundle,
} from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	productKeyOf,
} from "../../hosts/dms/publisher/keys.js";
import { slotLengthMaximum } from "../../hosts/dms/publisher/slot.js";
import { sourceOf } from "../../hosts/dms/byte-source.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { factoryChip } from "../dms/factory-chip.js";

const origin = "http://127.0.0.1:8444";
const product = "ACME-LAMP";
const path = `/api/v1/products/${product}/factory-image`;
const mebibyte = 2 ** 20;

async function openShop(context: TestContext) {
	const data = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(data, { recursive: true }));
	const service = await openService({ data, addresses: ["dms.example.com"] });
	context.after(() => service.close());
	await service.users.add("alice");
	const lamp = { code: product, title: "Lamp", platform: "esp32c3", owner: "alice" };
	await service.products.add(lamp);
	await service.users.add("paula", { role: "publisher" });
	const { token } = await service.apiTokens.add({ name: "ci", role: "publisher" });
	const { cookie } = await service.sessions.begin("paula", { address: "", agent: "" });
	const browser = { cookie: "opendms-8444=" + cookie, "sec-fetch-site": "same-origin" };
	const api = createApi(service);
	/** What is in the folder that wasn't there before anything was sent. */
	const before = new Set(readdirSync(data));
	const left = () => readdirSync(data).filter((name) => !before.has(name));
	const headers = { authorization: "Bearer " + token };
	return { data, service, api, headers, browser, left };
}

/** Of 16 MiB: a chip's whole flash. */
function wholeFlash(): Uint8Array {
	const image = Buffer.alloc(16 * mebibyte, 0x5a);
	Buffer.from(factoryChip()).copy(image);
	return Uint8Array.from(image);
}

/** A bundle whose image is as long as one may be; the file that was published. */
async function publishLong(context: TestContext, service: Service): Promise<Uint8Array> {
	const keys = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(keys, { recursive: true }));
	createPlatformKey(keys, "esp32c3");
	const { statement } = createProductKey(keys, product, "esp32c3", false);
	await service.bundles.addKey(Uint8Array.from(readFileSync(statement)));
	const image = new Uint8Array(slotLengthMaximum).fill(0x5a);
	const made = {
		product,
		platform: "esp32c3",
		version: "1.0.0.0",
		sequence: 1,
		image,
		slotLength: image.length,
	};
	const bundle = makeBundle(made, productKeyOf(keys, product));
	await service.bundles.publish(bundle);
	return encodeBundle(bundle);
}

/** What is held outside the engine's heap, once all that can go has gone. */
function createGauge() {
	setFlagsFromString("--expose-gc");
	const collect: unknown = runInNewContext("gc");
	assert.ok(typeof collect === "function");
	const now = (): number => {
		// What one has found is let go of beside, which the next one waits for.
		for (let time = 0; time < 3; time++) collect();
		return process.memoryUsage().arrayBuffers;
	};
	let most = 0;
	const begin = now();
	return {
		look: () => (most = Math.max(most, now() - begin)),
		get most() {
			return most;
		},
	};
}

/** A body of these parts, and how much is held is looked at as they go. */
function streamOf(
	parts: readonly Uint8Array[],
	look: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
	function* pieces() {
		for (const part of parts) {
			for (let start = 0; start < part.length; start += 65_536) {
				if (start % mebibyte === 0) look();
				yield Uint8Array.from(part.subarray(start, start + 65_536));
			}
		}
		look();
	}
	const all = pieces();
	return new ReadableStream({
		pull(controller) {
			const { value, done } = all.next();
			if (done === true) controller.close();
			else controller.enqueue(value);
		},
	});
}

test("of sixteen megabytes that are sent, a quarter is in memory at most", async (context) => {
	const { service, api, headers, browser, left } = await openShop(context);
	const image = wholeFlash();
	const multipart = { ...browser, "content-type": "multipart/form-data; boundary=x" };
	const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n';
	const [begin, end] = [head, "\r\n--x--\r\n"].map((text) => new TextEncoder().encode(text));
	assert.ok(begin && end);
	for (const [place, method, sent, parts, status] of [
		[path, "PUT", headers, [image], 200],
		["/products/ACME-LAMP/factory", "POST", multipart, [begin, image, end], 303],
	] as const) {
		const gauge = createGauge();
		const body = streamOf(parts, gauge.look);
		const response = await api.request(origin + place, {
			...{ method, body, headers: sent, duplex: "half" },
		});
		assert.equal(response.status, status, await response.text());
		gauge.look();
		assert.ok(gauge.most < 4 * mebibyte, `${method} ${gauge.most}`);
		const { length } = await service.factoryImages.show("ACME-LAMP");
		assert.equal(length, image.length);
		await service.factoryImages.remove("ACME-LAMP");
	}
	assert.deepEqual(left(), ["images"]);
});

test("of what is fetched, a quarter is in memory at most", async (context) => {
	const { service, api, headers, browser, data } = await openShop(context);
	const image = wholeFlash();
	await service.factoryImages.set(product, image);
	const bundle = await publishLong(context, service);
	for (const [place, sent, whole] of [
		[path + "/content", headers, image],
		[`/api/v1/products/${product}/bundles/1.0.0.0/file`, headers, bundle],
		[`/products/${product}/bundles/1.0.0.0/file`, browser, bundle],
	] as const) {
		const gauge = createGauge();
		const response = await api.request(origin + place, { headers: sent });
		assert.equal(response.headers.get("content-length"), String(whole.length));
		const hash = createHash("sha256");
		let count = 0;
		for await (const piece of response.body ?? []) {
			hash.update(piece);
			if (count++ % 64 === 0) gauge.look();
		}
		assert.ok(count > 100, place);
		assert.ok(gauge.most < 4 * mebibyte, `${place} ${gauge.most}`);
		assert.equal(hash.digest("hex"), createHash("sha256").update(whole).digest("hex"));
	}
	// What is damaged isn't sent as if it were whole, and what is damaged meanwhile breaks off.
	const opened = await api.request(origin + path + "/content", { headers });
	const images = join(data, "images");
	for (const name of readdirSync(images)) truncateSync(join(images, name), 1_000_000);
	await assert.rejects(opened.arrayBuffer(), /lost its end/);
	for (const place of [path + "/content", `/api/v1/products/${product}/bundles/1.0.0.0/file`]) {
		const response = await api.request(origin + place, { headers });
		assert.equal(response.status, 422);
		assert.match(await response.text(), /is damaged here. (Give|Publish)/);
	}
});

test("a file that is too long is refused at its first byte, or where it is", async (context) => {
	const { api, headers, left } = await openShop(context);
	let asked = 0;
	const endless = () =>
		new ReadableStream({
			pull(controller) {
				asked++;
				controller.enqueue(new Uint8Array(mebibyte));
			},
		});
	for (const [said, most] of [
		[{ "content-length": String(17 * mebibyte) }, 2],
		[{}, 20],
	] as const) {
		asked = 0;
		const response = await api.request(origin + path, {
			...{ method: "PUT", headers: { ...headers, ...said }, body: endless(), duplex: "half" },
		});
		const { rule, detail }: { rule: string; detail: string } = JSON.parse(await response.text());
		assert.deepEqual([response.status, rule], [413, "length"]);
		assert.match(detail, /^That is longer than what is taken here: 16777216 bytes\.$/);
		assert.ok(asked <= most, asked + " megabytes were read");
	}
	assert.deepEqual(left(), []);
});

test("who may not send a file isn't listened to", async (context) => {
	const { api, service } = await openShop(context);
	const { token } = await service.apiTokens.add({ name: "see", role: "viewer" });
	let asked = 0;
	const body = new ReadableStream({ pull: () => void asked++ }, { highWaterMark: 0 });
	const headers = { authorization: "Bearer " + token };
	const init = { method: "PUT", headers, body, duplex: "half" } as const;
	assert.equal((await api.request(origin + path, init)).status, 403);
	assert.equal(asked, 0);
});

test("what breaks off leaves nothing, and is no fault", async (context) => {
	const { service, left } = await openShop(context);
	const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	const { token } = await service.apiTokens.add({ name: "cd", role: "publisher" });
	const headers = { authorization: "Bearer " + token };
	const asking = request(listener.url + path, { method: "PUT", headers });
	asking.on("error", () => undefined);
	const isClosed = new Promise((resolve) => asking.once("close", resolve));
	await new Promise((resolve) => asking.write(new Uint8Array(mebibyte), resolve));
	asking.destroy();
	await isClosed;
	// The next one is served as if nothing had been.
	const response = await fetch(listener.url + path, {
		...{ method: "PUT", headers, body: factoryChip() },
	});
	assert.equal(response.status, 200, await response.text());
	assert.deepEqual(left(), ["images"]);
	assert.equal(readdirSync(join(service.folder ?? "", "images")).length, 1);
});

test("a bundle is found in its file without its image being read", () => {
	const [statement, image] = [new Uint8Array(300).fill(1), new Uint8Array(70_000).fill(2)];
	for (const file of [encodeMap({ statement, image }), encodeMap({ image, statement })]) {
		let read = 0;
		const source = sourceOf(file);
		const found = findBundleIn({
			length: source.length,
			read: (start, end) => ((read += end - start), source.read(start, end)),
		});
		assert.deepEqual(found?.statement, statement);
		assert.ok(read < 400, String(read));
		assert.deepEqual(found?.image.read(0, 70_000), Buffer.from(image));
		for (let length = 0; length < 400; length++) {
			assert.equal(findBundleIn(sourceOf(file.subarray(0, length))), undefined);
		}
	}
	for (const odd of [
		...[{}, { statement }, { image }, { statement: 1, image }, { statement: "text", image }],
		{ statement: new Uint8Array(100_000), image },
	]) {
		assert.equal(findBundleIn(sourceOf(encodeMap(odd))), undefined);
	}
	for (const length of [0, 255, 256, 65_535, 65_536]) {
		const long = new Uint8Array(length);
		const file = Buffer.concat([bundleHead(statement, length), long]);
		assert.deepEqual(file, Buffer.from(encodeBundle({ statement, image: long })));
	}
	const trailing = Buffer.concat([encodeMap({ statement, image }), Buffer.alloc(1)]);
	assert.equal(findBundleIn(sourceOf(trailing)), undefined);
	for (let first = 0; first < 256; first++) findBundleIn(sourceOf(new Uint8Array(200).fill(first)));
});

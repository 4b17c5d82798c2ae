/** Factory images: what is taken, what is written of it, and who gets it. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { readFactoryImage } from "../../hosts/dms/publisher/factory-image.js";
import { openBench } from "./bench.js";
import { espImage } from "./esp-image.js";
import { appStart, factoryChip } from "./factory-chip.js";
import { createTool } from "./tool.js";

const product = "ACME-LAMP";
const path = `/products/${product}/factory-image`;
const origin = "http://127.0.0.1:8444/api/v1";

test("all is written but where a device keeps its identity", () => {
	const image = factoryChip();
	const { platform, version, parts } = readFactoryImage(image);
	assert.deepEqual([platform, version], ["esp32c3", "1.0.0.0"]);
	assert.deepEqual(parts, [
		{ address: 0, length: 0x9000 },
		{ address: 0xf000, length: 0x3000 },
		{ address: 0x15000, length: image.length - 0x15000 },
	]);
	assert.equal(readFactoryImage(factoryChip({ chip: 0 })).platform, "esp32");
	const filled = readFactoryImage(factoryChip({ nvs: Uint8Array.of(1) }));
	assert.deepEqual(filled.parts[0], { address: 0, length: 0x12000 }, "the factory's own will");
});

test("what a chip would not start with is refused, and the sentence says what to do", () => {
	const changed = (change: (image: Buffer) => void): Uint8Array => {
		const image = Buffer.from(factoryChip());
		change(image);
		return Uint8Array.from(image);
	};
	const cases: readonly (readonly [Uint8Array, RegExp])[] = [
		[new Uint8Array(0), /no partition table.*esptool merge_bin$/],
		[espImage({ chip: 5, version: "1.0.0.0" }), /no partition table/],
		[factoryChip().subarray(0, appStart), /no app where/],
		[factoryChip().subarray(0, appStart + 100), /The app in the file is cut off/],
		[changed((image) => image.writeUInt8(1, appStart + 200)), /The app in the file is damaged/],
		[changed((image) => image.fill(0xff, 0, 0x1000)), /no boot loader/],
		[changed((image) => image.writeUInt16LE(0, 12)), /for different chips/],
		[factoryChip({ version: "new" }), /doesn't say its version/],
		[new Uint8Array(16 * 2 ** 20 + 1), /at most 16 MiB/],
	];
	for (const [image, sentence] of cases) {
		assert.throws(() => readFactoryImage(image), { rule: /bundle|usage/, message: sentence });
	}
});

test("a product has one, for its own platform, and it goes with the product", async (context) => {
	const { service, audit } = await openBench(context);
	const { factoryImages } = service;
	const read = async (): Promise<Uint8Array> => {
		const { stream } = await factoryImages.read(product);
		return Uint8Array.from(Buffer.from(await new Response(stream).arrayBuffer()));
	};
	const esp32 = factoryChip({ chip: 0 });
	await assert.rejects(factoryImages.set(product, factoryChip()), /ACME-LAMP is for esp32, and/);
	await assert.rejects(factoryImages.set("NO-ONE", esp32), /NO-ONE/);
	await assert.rejects(factoryImages.show(product), /has no factory image/);
	const made = await factoryImages.set(product, esp32);
	assert.deepEqual(await factoryImages.show(product), made);
	assert.deepEqual(await read(), esp32);
	const next = factoryChip({ chip: 0, version: "1.1.0.0" });
	assert.equal((await factoryImages.set(product, next)).version, "1.1.0.0");
	assert.deepEqual(await read(), next);
	assert.ok((await audit()).some(({ action }) => action === "product.factory"));
	await service.pruning.run();
	assert.deepEqual(await read(), next, "it is needed");
	assert.equal((await service.check()).images, 1, "and looked at");
	await service.products.remove(product);
	await assert.rejects(factoryImages.show(product), /ACME-LAMP/);
});

test("an owner gets it for the products that he may put devices on", async (context) => {
	const { service } = await openBench(context);
	const api = createApi(service);
	const image = factoryChip({ chip: 0 });
	await service.factoryImages.set(product, image);
	const get = async (user: string, to: string) => {
		const { token } = await service.apiTokens.add({ name: user, role: "owner", user });
		const response = await api.request(origin + to, {
			headers: { authorization: "Bearer " + token },
		});
		await service.apiTokens.revoke(user);
		return response;
	};
	const content = await get("alice", path + "/content");
	assert.equal(content.headers.get("content-type"), "application/octet-stream");
	assert.deepEqual(new Uint8Array(await content.arrayBuffer()), image);
	for (const to of [path, path + "/content"]) {
		assert.equal((await get("bob", to)).status, 404);
	}
	await service.products.share(product, "bob");
	assert.equal((await get("bob", path)).status, 200);
});

test("opendms product factory takes it, shows it, and takes it away", async (context) => {
	const tool = createTool(context);
	await tool.run("init", "--address", "dms.example.com:8443");
	await tool.run("user", "add", "alice");
	const about = ["--title", "Lamp", "--platform", "esp32c3", "--owner", "alice"];
	await tool.run("product", "add", product, ...about);
	const file = join(tool.folder, "chip.bin");
	writeFileSync(file, factoryChip());
	const taken = await tool.run("product", "factory", product, file);
	assert.equal(taken.code, 0, taken.error);
	assert.match(taken.out, /version +1\.0\.0\.0\n[^]*writes bytes +36864 at 0x0, 12288 at 0xf000, /);
	assert.equal((await tool.run("product", "factory", product)).out, taken.out);
	assert.equal((await tool.run("product", "factory", product, "--remove")).code, 0);
	assert.match((await tool.run("product", "factory", product)).error, /has no factory image/);
});

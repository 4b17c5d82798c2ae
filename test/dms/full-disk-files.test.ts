/** A file is there whole or not at all, also where only a part of it has room. */

import assert from "node:assert/strict";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { openService } from "../../hosts/dms/service.js";
import { openBench } from "./bench.js";
import { createClock, secondsPerDay } from "./clock.js";
import { espImage } from "./esp-image.js";
import { factoryChip } from "./factory-chip.js";
import { platform, product } from "./publisher.js";
import { fillDisk, mountDisk, type SmallDisk } from "./small-disk.js";
import { createTool } from "./tool.js";

const disk = mountDisk(2);
after(() => disk?.unmount());
const skip = disk === undefined && "only root can make a disk";

/** A disk with room for so many bytes, until there is more. */
function filled(context: TestContext, bytes: number): SmallDisk & { makeRoom(): void } {
	assert.ok(disk);
	const filler = join(disk.folder, "filler");
	fillDisk(filler);
	truncateSync(filler, readFileSync(filler).length - bytes);
	const makeRoom = () => rmSync(filler, { force: true });
	context.after(makeRoom);
	return { ...disk, makeRoom };
}

test("an audit log whose export has no room stays, and goes once", { skip }, async (context) => {
	const bench = await openBench(context);
	const { pruning, users } = bench.service;
	for (let count = 0; count < 100; count++) await users.add("user-" + count);
	await pruning.keep("audit", 30 * secondsPerDay);
	bench.clock.advance(31 * secondsPerDay);
	const before = await bench.audit();
	const { folder, makeRoom } = filled(context, 8_192);
	const exported = join(folder, "audit");
	await pruning.exportTo(exported);
	for (let count = 0; count < 2; count++) {
		await assert.rejects(pruning.run(), { code: "ENOSPC" });
		assert.deepEqual((await bench.audit()).slice(0, before.length), before);
	}
	makeRoom();
	await pruning.run();
	const texts = readdirSync(exported).map((name) => readFileSync(join(exported, name), "utf8"));
	const lines = texts.join("").trimEnd().split("\n");
	assert.deepEqual(
		lines.map((line) => JSON.parse(line).id),
		before.map(({ id }) => id),
	);
});

test(
	"an upload that has no room leaves nothing, and goes on once it has",
	{ skip },
	async (context) => {
		assert.ok(disk);
		const data = join(disk.folder, "dms");
		const clock = createClock();
		const service = await openService({ data, addresses: ["dms.example.com"], now: clock.now });
		context.after(() => service.close());
		await service.users.add("alice");
		const lamp = { code: product, title: "Lamp", platform: "esp32c3", owner: "alice" };
		await service.products.add(lamp);
		const { token } = await service.apiTokens.add({ name: "ci", role: "publisher" });
		const image = factoryChip();
		const send = () =>
			createApi(service).request(`http://127.0.0.1/api/v1/products/${product}/factory-image`, {
				method: "PUT",
				headers: { authorization: "Bearer " + token, "content-type": "application/octet-stream" },
				body: image,
			});
		const images = join(data, "images");
		const left = () => (existsSync(images) ? readdirSync(images) : []);
		mkdirSync(images);
		// Not for the file as it comes; for that, but not for its place among the images.
		for (const room of [image.length - 8_192, image.length + 65_536]) {
			const { makeRoom } = filled(context, room);
			const answer = await send();
			assert.deepEqual([answer.status, left()], [507, []], await answer.text());
			makeRoom();
		}
		assert.equal((await send()).status, 200);
		assert.equal(left().length, 1);
		assert.deepEqual((await service.check()).problems, []);
	},
);

test("a bundle stays as it was when there is no room to sign it", { skip }, async (context) => {
	assert.ok(disk);
	const tool = createTool(context);
	const signers: string[] = [];
	for (const name of ["anna", "bert"]) {
		const keys = ["--keys", join(tool.folder, name)];
		const { publicKey } = await tool.json("key", "signer", product, ...keys);
		signers.push(String(publicKey));
	}
	const [anna, bert] = [join(tool.folder, "anna"), join(tool.folder, "bert")];
	await tool.json("key", "platform", platform, "--keys", anna);
	const about = ["--platform", platform, "--keys", anna, "--signers", ...signers];
	await tool.json("key", "product", product, ...about);
	const name = `product-${product}.signers`;
	copyFileSync(join(anna, name), join(bert, name));
	const [image, bundle] = [join(tool.folder, "lamp.image"), join(disk.folder, "lamp.bundle")];
	context.after(() => rmSync(bundle));
	writeFileSync(image, espImage({ chip: 0, version: "1.1.0.0" }));
	const built = ["--product", product, "--out", bundle, "--keys", anna];
	await tool.json("bundle", "build", image, ...built);
	const before = readFileSync(bundle);
	const { makeRoom } = filled(context, 0);
	const sign = ["bundle", "sign", bundle, "--keys", bert];
	assert.match((await tool.run(...sign)).error, /The disk is full/);
	assert.deepEqual(readFileSync(bundle), before);
	makeRoom();
	assert.equal((await tool.json(...sign)).signatures, 2);
});

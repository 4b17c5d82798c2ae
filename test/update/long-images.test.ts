/** Images of chips with 8, 16 and 32 MB of flash: built, published, offered, got, confirmed. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import { encodeImage } from "../../hosts/board/image.js";
import { makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	productKeyOf,
} from "../../hosts/dms/publisher/keys.js";
import { imageOf } from "../board/image.js";
import { linesOf, prepareService } from "../journey/journey.js";
import { createWorld, product } from "../journey/world.js";

const app = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));
const platform = "board";
const mebibyte = 2 ** 20;

/** The lamp's image with so much in it that it has exactly `length` bytes. */
function imageOfLength(length: number, version: string, platformKey: Uint8Array): Uint8Array {
	const { modules, built } = imageOf(buildImage({ app, version, platformKey }));
	const withPadding = (padding: Uint8Array): Uint8Array => {
		const head = { platform, version, built, platformKey, padding };
		return encodeImage(head, modules);
	};
	const some = mebibyte;
	const missing = length - withPadding(new Uint8Array(some)).length;
	const padding = Buffer.alloc(some + missing);
	// Each block is another one.
	for (let start = 0; start < padding.length; start += 1_024) {
		createHash("sha256").update(String(start)).digest().copy(padding, start);
	}
	return withPadding(padding);
}

for (const [megabytes, processor] of [
	[4, "v8"],
	[8, "xs"],
] as const) {
	const name = `a device gets an image of ${megabytes} MB, which fills its slot, on ${processor}`;
	test(name, async (context) => {
		const keys = mkdtempSync(join(tmpdir(), "opendms-"));
		context.after(() => rmSync(keys, { recursive: true }));
		const platformKey = createPlatformKey(keys, platform);
		const slotLength = megabytes * mebibyte;
		const version = "0.2.0.0";
		const world = await createWorld({
			...{ processor, slotLength },
			image: buildImage({ app, version: "0.1.0.0", platformKey }),
		});
		context.after(() => world.close());
		const tokens = await prepareService(world);
		const { bundles, devices } = world.service();
		const { statement } = createProductKey(keys, product, platform, false);
		await bundles.addKey(Uint8Array.from(readFileSync(statement)));
		const image = imageOfLength(slotLength, version, platformKey);
		assert.equal(image.length, slotLength);
		const about = { product, platform, version, sequence: 1, image, slotLength };
		assert.throws(
			() => makeBundle({ ...about, slotLength: slotLength - 1 }, productKeyOf(keys, product)),
			/slot of board has/,
		);
		await bundles.publish(makeBundle(about, productKeyOf(keys, product)));
		await bundles.tag(product, version, "release");
		const { terminal } = world;
		await terminal.powerOn();
		for (const line of linesOf(tokens)) await terminal.type(line);
		assert.match(await terminal.type("dfu_query"), /Update available: 0\.2\.0\.0/);
		terminal.send("dfu_update");
		await terminal.until("[Updated to 0.2.0.0]");
		assert.equal(await terminal.type("get dfu.status"), "1");
		assert.match(await terminal.type("dfu_query"), /has what is selected/);
		const [device] = await devices.list();
		assert.equal(device?.version, version);
		assert.deepEqual((await bundles.show(product, version)).reports, { 1: 1 });
	});
}

/** A device gets its new firmware, and is the same device after it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DfuStatus } from "../../src/update/status.js";
import { product as lamp, user } from "../journey/world.js";
import { bundleOf, inFleet, newImage } from "./fleet.js";
import { keysOf, keyStatement, productKeys, statement } from "./publisher.js";

for (const processor of ["v8", "xs"] as const) {
	test("a device gets new firmware, tries it and confirms it, on " + processor, async () => {
		await inFleet({ processor }, async ({ terminal, board, bundles }) => {
			assert.match(await terminal.type("dfu_query"), /Up to date/);
			bundles.bundle = bundleOf(newImage);
			assert.match(await terminal.type("dfu_query"), /Update available: 0\.2\.0\.0/);
			await terminal.type("set lamp.level 70");
			await terminal.type("save");
			const uuid = await terminal.type("get system.uuid");
			const writes = board.nvs.writes + board.boot.writes;
			terminal.send("dfu_update");
			await terminal.until("[Updated to 0.2.0.0]");
			assert.equal(board.nvs.writes + board.boot.writes - writes, 4, "state writes");
			assert.match(terminal.transcript, /\[Download 50 %\]\r\n/);
			assert.match(await terminal.type("version"), /^ACME-LAMP-0\.2\.0\.0,/);
			assert.equal(await terminal.type("get dfu.status"), "1");
			assert.equal(await terminal.type("get dms.bundle_id"), bundles.bundle.id);
			assert.equal(await terminal.type("get system.uuid"), uuid);
			assert.equal(await terminal.type("get lamp.level"), "70");
			await terminal.type("reboot");
			await terminal.until("[Ready]\r\n> ");
			assert.match(await terminal.type("version"), /0\.2\.0\.0/);
			assert.match(await terminal.type("dfu_update"), /Up to date/);
			assert.deepEqual(bundles.ranges, [0]);
		});
	});
}

const changes = [
	{
		...{ name: "is tied to another product", product: "ACME-HEATER", generation: 1 },
		...{ keys: productKeys, status: DfuStatus.WrongProduct },
	},
	{
		...{ name: "gets its product's next key", product: lamp, generation: 2 },
		...{ keys: keysOf("next"), status: DfuStatus.OlderKey },
	},
] as const;

for (const { name, product, generation, keys, status } of changes) {
	test(`a device that ${name} while an image comes leaves the image, not the key`, async () => {
		await inFleet({ seed: 1 }, async ({ terminal, board, bundles, service }) => {
			if (product !== lamp) {
				const heater = { code: product, title: "Heater", platform: "board", owner: user };
				await service().products.add(heater);
			}
			for (const line of ["set dfu.poll_enabled on", "save"]) await terminal.type(line);
			terminal.send("reboot");
			await terminal.until("[Ready]");
			const { boots } = board;
			bundles.bundle = bundleOf(newImage);
			bundles.key = keyStatement({ product, generation, key: keys.publicKey });
			bundles.onImage = () => terminal.send("dms_activate " + product);
			await terminal.until("[Update: ");
			assert.equal(await terminal.type("get dfu.status"), String(status));
			assert.equal(board.boots, boots);
			bundles.onImage = () => undefined;
			bundles.bundle = bundleOf(newImage, {}, statement(newImage, { product }, keys));
			terminal.send("dfu_update");
			await terminal.until("[Updated to 0.2.0.0]");
		});
	});
}

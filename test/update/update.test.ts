/** A device gets its new firmware, and is the same device after it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleOf, inFleet, newImage } from "./fleet.js";

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

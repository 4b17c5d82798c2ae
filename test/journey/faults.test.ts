/** An app that fails again and again does not take the device with it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import { linesOf, prepareService } from "./journey.js";
import { inWorld } from "./world.js";

const app = fileURLToPath(new URL("../device/faulty-app.js", import.meta.url));
const image = buildImage({ app, version: "0.1.0.0" });
const safeMode = "[Safe mode";
const healthyMilliseconds = 600_000;

for (const processor of ["v8", "xs"] as const) {
	test("after 8 faults in a row the device does without its app, on " + processor, async () => {
		await inWorld({ processor, image }, async (world) => {
			const { terminal, board } = world;
			await terminal.powerOn();
			assert.equal(await terminal.type("faults_print"), "No faults");
			await terminal.type("fault_always");
			const { writes } = board.nvs;
			terminal.send("reboot");
			await terminal.until(safeMode);
			assert.equal(board.boots, 10, "one by hand, 8 that fail, one in safe mode");
			assert.equal(board.nvs.writes - writes, 8, "one write for each fault");
			assert.match(await terminal.type("faults_print"), /in a row: 8\r\nThe last: panic$/);
			assert.equal(await terminal.type("get system.safemode.status"), "1");
			assert.match(await terminal.type("fault timer"), /Unknown command/);
			for (const line of linesOf(await prepareService(world))) {
				assert.doesNotMatch(await terminal.type(line), /Command failed/, line);
			}
			await terminal.type("reboot");
			await terminal.until(safeMode);
			assert.equal(await terminal.type("faults_reset"), "Success");
			terminal.send("reboot");
			await terminal.until(safeMode);
			assert.equal(board.faults.length, 16, "the app has had its chances again");
		});
	});
}

test("a run that lasts ends the row, and a restart that was asked for is no fault", async () => {
	await inWorld({ processor: "v8", image }, async ({ terminal, clock }) => {
		await terminal.powerOn();
		for (let count = 1; count <= 3; count++) {
			terminal.send("fault timer");
			await terminal.until("[Ready]\r\n> ");
			assert.match(await terminal.type("faults_print"), new RegExp("in a row: " + count));
		}
		terminal.send("reboot");
		await terminal.until("[Ready]\r\n> ");
		assert.match(await terminal.type("faults_print"), /in a row: 3/);
		await clock.run(healthyMilliseconds);
		assert.equal(await terminal.type("faults_print"), "No faults");
		assert.equal(await terminal.type("get system.safemode.status"), "0");
	});
});

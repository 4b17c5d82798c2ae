/** The journey without mishap: what it takes, and what it says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkEnd, linesOf, makeJourney, prepareService } from "./journey.js";
import { inWorld } from "./world.js";

for (const processor of ["v8", "xs"] as const) {
	test("a blank device becomes active on " + processor, async () => {
		await inWorld({ processor }, async (world) => {
			const tokens = await prepareService(world);
			await makeJourney(world, tokens);
			await checkEnd(world);
		});
	});

	test("provisioning takes two requests and four writes, and once, on " + processor, async () => {
		await inWorld({ processor }, async (world) => {
			const { terminal, board } = world;
			const [ssid = "", passkey = "", save = "", provision = "", claim = "", activate = ""] =
				linesOf(await prepareService(world));
			await terminal.powerOn();
			for (const line of [ssid, passkey, save]) await terminal.type(line);
			const step = async (line: string): Promise<[requests: string[], writes: number]> => {
				const requests = board.radio.requests.length;
				const writes = board.nvs.writes;
				await terminal.type(line);
				const made = board.radio.requests.slice(requests);
				return [made.filter((request) => !request.includes("/hello")), board.nvs.writes - writes];
			};
			assert.deepEqual(await step(provision), [["POST /provision", "PUT /provision"], 4]);
			assert.deepEqual(await step(provision), [[], 0]);
			assert.deepEqual(await step("dms_provision"), [[], 0]);
			assert.deepEqual(await step(claim), [["POST /claim"], 0]);
			// Which product it is on must outlive a reset, with or without a key of it.
			assert.deepEqual(await step(activate), [["POST /activate"], 1]);
			assert.deepEqual(await step(activate), [["POST /activate"], 0]);
			assert.equal(board.nvs.deletes, 0);
			assert.equal(board.radio.requests.filter((request) => request.includes("/hello")).length, 1);
			await checkEnd(world);
		});
	});
}

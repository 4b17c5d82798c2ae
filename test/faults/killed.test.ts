/** A service that dies in the middle of a change leaves nothing of it behind. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, prepareService } from "../journey/journey.js";
import { type Between, inWorld } from "../journey/world.js";

/** Exchange 0 is hello, 1 the first try to provision. */
const faults = new Map([[1, { kind: "killed before commit" }]] as const);

test("what a service has not committed when it dies, never was", async () => {
	const found: number[] = [];
	const between: Between = async (request, service) => {
		if (request.method === "POST") {
			const spent = (await service.tokens.list()).filter(({ state }) => state === "used");
			const { length } = await service.devices.list();
			found.push(spent.length, length);
		}
		return service.fetch(request);
	};
	await inWorld({ processor: "v8", seed: 0, isMortal: true, faults, between }, async (world) => {
		await world.terminal.powerOn();
		const lines = linesOf(await prepareService(world)).slice(0, 4);
		for (const line of lines) await world.terminal.type(line);
		assert.equal(world.net.failures, 1);
		assert.deepEqual(found, [0, 0], "after the one that died, before the next");
		assert.equal((await world.service().devices.list()).length, 1);
	});
});

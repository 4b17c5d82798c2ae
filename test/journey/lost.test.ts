/** A service that has lost the device, as one restored from an older backup has. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { checkEnd, linesOf, prepareService, type Tokens } from "./journey.js";
import { address, authority, inWorld, type World } from "./world.js";

/** How many lines of the journey are typed to the service that is lost then. */
const stages = [
	{ name: "before its acknowledgement", typed: 3, isAcknowledged: false },
	{ name: "before its claim", typed: 4, isAcknowledged: true },
	{ name: "before its activation", typed: 5, isAcknowledged: true },
] as const;

/** Both services have the same CA, product and user; only the first has the device. */
async function openSecond(world: World): Promise<{ second: Service; tokens: Tokens }> {
	const now = (): number => world.clock.now();
	const second = await openService({ database: memory, authority, addresses: [address], now });
	return { second, tokens: await prepareService({ ...world, service: () => second }) };
}

for (const processor of ["v8", "xs"] as const) {
	for (const { name, typed, isAcknowledged } of stages) {
		test("a device lost " + name + " comes back by itself, on " + processor, async () => {
			let present: Service | undefined;
			const between = async (request: Request, first: Service): Promise<Response | undefined> => {
				const isLost = !isAcknowledged && request.method === "PUT";
				if (isLost) present = second;
				return (present ?? first).fetch(request);
			};
			let second: Service | undefined;
			await inWorld({ processor, between }, async (world) => {
				const { terminal } = world;
				const lines = linesOf(await prepareService(world));
				const opened = await openSecond(world);
				second = opened.second;
				await terminal.powerOn();
				for (const line of lines.slice(0, typed)) await terminal.type(line);
				if (isAcknowledged) present = second;
				// Its owner is lost too, and with it the old tokens: she claims it again.
				const [, , , , claim = "", activate = ""] = linesOf(opened.tokens);
				const provision = lines[3] ?? "";
				for (const line of isAcknowledged ? [claim, activate] : [provision, claim, activate]) {
					assert.doesNotMatch(await terminal.type(line), /Command failed/, terminal.transcript);
				}
				await checkEnd({ ...world, service: () => opened.second });
				const adopted = (await opened.second.audit(100)).filter(
					({ action }) => action === "device.adopt",
				);
				assert.equal(adopted.length, 1);
				await opened.second.close();
			});
		});
	}
}

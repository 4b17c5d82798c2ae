/**
 * One mishap a run, wherever one can be: power at every flash operation and message, each exchange
 * lost.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { cutPoints, type Occasion } from "../../hosts/board/power.js";
import type { ExchangeFault } from "./air.js";
import { checkEnd, makeJourney, prepareService } from "./journey.js";
import { createWorld, type WorldOptions } from "./world.js";

interface Mishap {
	readonly name: string;
	readonly cuts?: readonly Occasion[];
	readonly faults?: ReadonlyMap<number, ExchangeFault>;
	readonly isMortal?: boolean;
}

const exchangeFaults = [
	"request lost",
	"reply lost",
	"killed before commit",
	"killed after commit",
] as const;

/** How many occasions for a mishap a journey without one has. */
async function occasions(processor: WorldOptions["processor"]): Promise<Mishap[]> {
	const world = await createWorld({ processor });
	await makeJourney(world, await prepareService(world));
	const { flashOperations, messages } = world.board.power;
	const { exchanges } = world.air;
	await world.close();
	const mishaps: Mishap[] = [];
	for (let index = 0; index < flashOperations; index++) {
		for (const point of cutPoints) {
			const cuts = [{ kind: "flash", index, point } as const];
			mishaps.push({ name: "power cut " + point + " in flash operation " + index, cuts });
		}
	}
	for (let index = 0; index < messages; index++) {
		const cuts = [{ kind: "message", index } as const];
		mishaps.push({ name: "power cut before message " + index, cuts });
	}
	for (let index = 0; index < exchanges; index++) {
		for (const kind of exchangeFaults) {
			const faults = new Map([[index, { kind }]]);
			const isMortal = kind.startsWith("killed");
			mishaps.push({ name: kind + " in exchange " + index, faults, isMortal });
		}
	}
	return mishaps;
}

for (const processor of ["v8", "xs"] as const) {
	test("every single mishap on the way ends well on " + processor, async (context) => {
		const mishaps = await occasions(processor);
		assert.ok(mishaps.length > 50, "there is enough to go wrong");
		for (const { name, ...mishap } of mishaps) {
			const world = await createWorld({ processor, ...mishap });
			try {
				await makeJourney(world, await prepareService(world));
				await checkEnd(world);
				assert.equal(world.board.power.failures + world.air.failures, 1, "it has happened");
			} catch (error) {
				throw new Error(name + ": " + String(error), { cause: error });
			} finally {
				await world.close();
			}
		}
		context.diagnostic(mishaps.length + " runs on " + processor + ", one mishap each, 0 broken");
	});
}

/** Plays journeys with faults, and sees that each ends well. */

import assert from "node:assert/strict";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { checkEnd, makeJourney, prepareService } from "../journey/journey.js";
import { createWorld, type World } from "../journey/world.js";
import { type Schedule, scheduleOf, textOf } from "./schedule.js";

/** Plays the schedule of a seed; an error says how to play it again. */
export async function playSeed(seed: number, processor: ProcessorKind): Promise<number> {
	const schedule = scheduleOf(seed);
	try {
		return await play(schedule, processor, seed);
	} catch (error) {
		const replay = "npm run faults -- --seed " + seed + " --processor " + processor;
		throw new Error(textOf(schedule) + "\nTo see it again: " + replay, { cause: error });
	}
}

/** Plays a whole journey; resolves with the number of faults that happened. */
export async function play(
	schedule: Schedule,
	processor: ProcessorKind,
	seed = 0,
): Promise<number> {
	const world = await createWorld({ processor, seed, isMortal: true, ...schedule });
	try {
		await makeJourney(world, await prepareService(world));
		await checkEnd(world);
		await checkNothingOrphaned(world);
		return world.board.power.failures + world.air.failures;
	} catch (error) {
		throw new Error(world.terminal.transcript, { cause: error });
	} finally {
		await world.close();
		// The database's memory is only given back when the event loop has turned.
		await new Promise((resolve) => setImmediate(resolve));
	}
}

/** The one device has the one certificate; neither key nor token of it has led to another. */
async function checkNothingOrphaned(world: World): Promise<void> {
	const { devices } = world.service();
	const certificates: string[] = [];
	for (const { uuid } of await devices.list()) {
		const details = await devices.show(uuid);
		certificates.push(...details.certificates.map(({ serial }) => serial));
	}
	assert.equal(certificates.length, 1, "certificates of the service");
	assert.deepEqual(world.board.faults, [], "faults of the program");
	const faults = world.log.flatMap((entry) =>
		entry.kind === "fault" ? [String(entry.error)] : [],
	);
	const unordered = faults.filter((fault) => !fault.includes("killed"));
	assert.deepEqual(unordered, [], "faults of the service");
}

/** Every pair of power cuts within provisioning, at the five cut points of each flash operation. */

import { cutPoints, type Occasion } from "../../hosts/board/power.js";
import { makeJourney, prepareService } from "../journey/journey.js";
import { inWorld } from "../journey/world.js";
import { play } from "./play.js";

/** The journey's operations on flash: one saves the settings, the others are of provisioning. */
const settingsOperations = 1;

/** All pairs: the second cut is among the operations that come after the first. */
export async function allPairs(): Promise<(readonly [Occasion, Occasion])[]> {
	const pairs: [Occasion, Occasion][] = [];
	for (const first of cutsBetween(settingsOperations, await operationsOf([]))) {
		for (const second of cutsBetween(first.index + 1, await operationsOf([first]))) {
			pairs.push([first, second]);
		}
	}
	return pairs;
}

/** Plays a pair; an error says which it was. */
export async function playPair(cuts: readonly [Occasion, Occasion]): Promise<void> {
	const happened = await play({ cuts, faults: new Map() }, "v8");
	if (happened !== 2) throw new Error(JSON.stringify(cuts) + ": not both have happened");
}

type FlashCut = Occasion & { readonly kind: "flash" };

function cutsBetween(start: number, end: number): FlashCut[] {
	const cuts: FlashCut[] = [];
	for (let index = start; index < end; index++) {
		for (const point of cutPoints) cuts.push({ kind: "flash", index, point });
	}
	return cuts;
}

/** How many operations on flash a journey with these cuts has. */
async function operationsOf(cuts: readonly Occasion[]): Promise<number> {
	let count = 0;
	await inWorld({ processor: "v8", cuts, seed: 0 }, async (world) => {
		await makeJourney(world, await prepareService(world));
		count = world.board.power.flashOperations;
	});
	return count;
}

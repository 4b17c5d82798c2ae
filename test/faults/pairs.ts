/** Every pair of power cuts on the way, at the five cut points of each operation on flash. */

import { cutPoints, type Occasion } from "../../hosts/board/power.js";
import { play } from "./play.js";
import type { Schedule } from "./schedule.js";

const processor = "v8";

/** All pairs: the second cut is among the operations that come after the first. */
export async function allPairs(): Promise<Schedule[]> {
	const pairs: Schedule[] = [];
	for (const first of cutsBetween(0, await operationsOf([]))) {
		for (const second of cutsBetween(first.index + 1, await operationsOf([first]))) {
			pairs.push(scheduleOf([first, second]));
		}
	}
	return pairs;
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
	return (await play(scheduleOf(cuts), { processor })).counts.flashOperations;
}

function scheduleOf(cuts: readonly Occasion[]): Schedule {
	return { cuts, faults: new Map() };
}

/** Schedules drawn from seeds. */

import { type CutPoint, cutPoints, type Occasion } from "../../hosts/board/power.js";
import { type Random, seededRandom } from "../../hosts/board/random.js";
import type { ExchangeFault } from "../journey/air.js";
import { type Detail, faultOf, kinds, type Schedule } from "./schedule.js";

const faultsMaximum = 6;
/** A journey without faults has 7 operations on flash, 75 messages and 5 exchanges. */
const flashOperations = 10;
const messages = 120;
const exchanges = 10;
/** Beyond the device's time-out of 10 seconds. */
const delayMaximumMilliseconds = 30_000;
/** From the present to before 1970, and as far ahead. */
const clockJumpMaximumSeconds = 60 * 365 * 86_400;
/**
 * A device's time never goes back: a service that was ahead for a moment has it wait until the time
 * it was told has come.
 */
const serviceClockErrorMaximumSeconds = 86_400;
const statuses = [429, 500, 502, 503, 504] as const;

/** The schedule of a seed: always the same. */
export function scheduleOf(seed: number): Schedule {
	const draw = drawFrom(seededRandom("schedule " + seed));
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	const count = 1 + draw(faultsMaximum);
	while (cuts.length + faults.size < count) {
		const kind = draw(10);
		if (kind < 3) cuts.push({ kind: "flash", index: draw(flashOperations), point: pointOf(draw) });
		else if (kind < 4) cuts.push({ kind: "message", index: draw(messages) });
		else {
			const exchange = draw(exchanges);
			const drawn = kinds[draw(kinds.length)] ?? "";
			faults.set(
				exchange,
				faultOf(drawn, (detail) => drawDetail(draw, detail, exchange)),
			);
		}
	}
	return { cuts, faults };
}

/** A whole number from 0 to below `limit`. */
type Draw = (limit: number) => number;

function drawFrom(random: Random): Draw {
	return (limit) => Math.floor((Buffer.from(random(4)).readUInt32BE(0) / 2 ** 32) * limit);
}

function pointOf(draw: Draw): CutPoint {
	return cutPoints[draw(cutPoints.length)] ?? "before";
}

function drawDetail(draw: Draw, detail: Detail, exchange: number): number {
	switch (detail) {
		case "fraction":
			return draw(1000) / 1000;
		case "milliseconds":
			return draw(delayMaximumMilliseconds);
		case "status":
			return statuses[draw(statuses.length)] ?? 503;
		case "waitSeconds":
			return draw(60);
		case "backup":
			return draw(exchange + 1);
		case "jumpSeconds":
			return draw(2 * clockJumpMaximumSeconds) - clockJumpMaximumSeconds;
		case "errorSeconds":
			return drawClockError(draw);
	}
}

/** Ahead or behind by up to a day, or not set at all. */
function drawClockError(draw: Draw): number {
	if (draw(4) === 0) return -clockJumpMaximumSeconds;
	return draw(2 * serviceClockErrorMaximumSeconds) - serviceClockErrorMaximumSeconds;
}

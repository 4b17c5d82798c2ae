/** Schedules drawn from seeds. */

import { type CutPoint, cutPoints, type Occasion } from "../../hosts/board/power.js";
import { type Random, seededRandom } from "../../hosts/board/random.js";
import type { ExchangeFault } from "../journey/air.js";
import { type Detail, faultOf, kinds, type Schedule } from "./schedule.js";

const faultsMaximum = 6;
/** A journey without faults has 7 operations on flash, 75 messages and 5 exchanges. */
const limits = { flashOperations: 10, messages: 120, reads: 100 } as const;
const exchanges = 10;
/** So many reads or writes fail in a row: one, or all of several starts. */
const troublesMaximum = 16;
/** Beyond the device's time-out of 10 seconds. */
const delayMaximumMilliseconds = 30_000;
/** From the present to before 1970, and as far ahead. */
const clockJumpMaximumSeconds = 60 * 365 * 86_400;
/** What a person can release on the device costs a factory reset, not the device. */
const serviceClockErrorMaximumSeconds = 10 * 365 * 86_400;
const statuses = [429, 500, 502, 503, 504] as const;

/** The schedule of a seed: always the same. */
export function scheduleOf(seed: number): Schedule {
	const draw = drawFrom(seededRandom("schedule " + seed));
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	const count = 1 + draw(faultsMaximum);
	while (cuts.length + faults.size < count) {
		if (draw(14) < 8) addOccasion(cuts, occasionFrom(draw, limits));
		else {
			const exchange = draw(exchanges);
			faults.set(
				exchange,
				drawFault(draw, exchange, () => true),
			);
		}
	}
	return { cuts, faults };
}

/** How much of what there is to fail at. */
export interface Limits {
	readonly flashOperations: number;
	readonly messages: number;
	/** Of key-value storage. */
	readonly reads: number;
}

const occasions = ["flash", "flash", "flash", "message", "panic", "read", "write", "rot"] as const;

/** Something of the board's. */
export function occasionFrom(draw: Draw, limits: Limits): Occasion {
	const kind = occasions[draw(occasions.length)] ?? "message";
	switch (kind) {
		case "flash":
			return { kind, index: draw(limits.flashOperations), point: pointOf(draw) };
		case "message":
		case "panic":
			return { kind, index: draw(limits.messages) };
		case "rot":
			return { kind, index: draw(limits.reads) };
		case "read":
			return { kind, index: draw(limits.reads), count: countOf(draw) };
		case "write":
			return { kind, index: draw(limits.flashOperations), count: countOf(draw) };
	}
}

/** Rot comes once: what takes both copies of a record is more than two copies are for. */
export function addOccasion(cuts: Occasion[], occasion: Occasion): void {
	if (occasion.kind === "rot" && cuts.some(({ kind }) => kind === "rot")) return;
	cuts.push(occasion);
}

/** Something of one exchange's, of a kind that is wanted. */
export function drawFault(
	draw: Draw,
	exchange: number,
	isWanted: (kind: string) => boolean,
): ExchangeFault {
	const wanted = kinds.filter(isWanted);
	const drawn = wanted[draw(wanted.length)] ?? "";
	return faultOf(drawn, (detail) => drawDetail(draw, detail, exchange));
}

/** A whole number from 0 to below `limit`. */
export type Draw = (limit: number) => number;

export function drawFrom(random: Random): Draw {
	return (limit) => Math.floor((Buffer.from(random(4)).readUInt32BE(0) / 2 ** 32) * limit);
}

/** Mostly one. */
function countOf(draw: Draw): number {
	return draw(3) > 0 ? 1 : 1 + draw(troublesMaximum);
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

/** Ahead or behind by up to years, mostly by up to a day, or not set at all. */
function drawClockError(draw: Draw): number {
	if (draw(4) === 0) return -clockJumpMaximumSeconds;
	const maximum = draw(2) === 0 ? 86_400 : serviceClockErrorMaximumSeconds;
	return draw(2 * maximum) - maximum;
}

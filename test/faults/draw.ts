/** Schedules drawn from seeds. */

import {
	type CutPoint,
	cutPoints,
	type Occasion,
	type Trouble,
	troubles,
} from "../../hosts/board/power.js";
import { type Random, seededRandom } from "../../hosts/board/random.js";
import type { ExchangeFault } from "../journey/faulty-network.js";
import { type Absence, type Detail, faultOf, kinds, type Schedule } from "./schedule.js";

const faultsMaximum = 6;
/** A journey without faults has 7 operations on flash, 75 messages, 5 exchanges and 1 join. */
const limits: Limits = {
	...{ flashOperations: 10, messages: 120, rots: 100 },
	troubles: { read: 100, write: 10, join: 5, "silent join": 5, "late join": 5 },
};
const linesOfJourney = 6;
/** Within the life of a device's certificate. */
const absenceMaximumDays = 2500;
const exchanges = 10;
/** So many reads or writes fail in a row: one, or all of several starts. */
export const troublesMaximum = 16;
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
	const absence = draw(12) === 0 ? absenceFrom(draw) : undefined;
	const isFilling = draw(6) === 0 ? true : undefined;
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
	return { cuts, faults, absence, isFilling };
}

function absenceFrom(draw: Draw): Absence {
	return { line: draw(linesOfJourney), days: 1 + draw(absenceMaximumDays) };
}

/** How much of what there is to fail at. */
export interface Limits {
	readonly flashOperations: number;
	readonly messages: number;
	/** Reads of key-value storage before which there can be rot. */
	readonly rots: number;
	/** Operations of each kind that can be in trouble. */
	readonly troubles: Readonly<Partial<Record<Trouble, number>>>;
}

const cutKinds = ["flash", "flash", "flash", "message", "panic", "brown-out", "rot"] as const;

/** Something of the board's. */
export function occasionFrom(draw: Draw, limits: Limits): Occasion {
	const drawn = troubles.filter((trouble) => trouble in limits.troubles);
	const kinds = [...cutKinds, ...drawn];
	const kind = kinds[draw(kinds.length)] ?? "message";
	switch (kind) {
		case "flash":
			return { kind, index: draw(limits.flashOperations), point: pointOf(draw) };
		case "message":
		case "panic":
		case "brown-out":
			return { kind, index: draw(limits.messages) };
		case "rot":
			return { kind, index: draw(limits.rots) };
		default:
			return { kind, index: draw(limits.troubles[kind] ?? 1), count: countOf(draw) };
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

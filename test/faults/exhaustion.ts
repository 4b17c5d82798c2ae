/**
 * The device's memory ends at each place where somebody could tell: before every call of the
 * program to its board, on the whole way, in an update and in a renewal. What an allocation between
 * two calls would end is the same for flash, the service and whoever listens.
 */

import assert from "node:assert/strict";
import type { Board } from "../../hosts/board/board.js";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import type { Occasion } from "../../hosts/board/power.js";
import { checkEnd, makeJourney, prepareService } from "../journey/journey.js";
import { createWorld } from "../journey/world.js";
import type { Field } from "../update/field.js";
import { playRudeSchedule, type RudeSchedule } from "../update/rude.js";
import { play } from "./play.js";
import { countRenewal, playRenewal } from "./renewals.js";
import type { Schedule } from "./schedule.js";

const none: Schedule = { cuts: [], faults: new Map() };
const quiet = { status: 503, from: 0, to: 0 };
/** One block is left to come; the rest is there already, as after a download that was cut. */
const update: RudeSchedule = { ...none, kind: "good", blocks: 1, outage: quiet, absenceDays: 0 };

/** Of a heap in which the way needs all there is, and of one with room to spare. */
const sufficientBytes = 28_000;
const ampleBytes = 48 * 1024;

/** A run with one end of the memory; resolves with how often it has ended. */
export type Exhaustion = () => Promise<number>;

/** Every `step`th from the `first` on, in each of the three. */
export async function* exhaustions(
	field: Field,
	processor: ProcessorKind,
	step = 1,
	first = 0,
): AsyncGenerator<Exhaustion> {
	const { counts } = await play(none, { processor });
	for (let index = first; index < counts.calls; index += step) {
		const schedule = { ...none, cuts: [fullBefore(index)] };
		yield async () => (await play(schedule, { processor })).faults;
	}
	const { calls } = await playRudeSchedule(field, update, "update", processor);
	for (let index = first; index < calls; index += step) {
		const schedule = { ...update, cuts: [fullBefore(index)] };
		const name = "update, memory full before call " + index;
		yield async () => (await playRudeSchedule(field, schedule, name, processor)).faults;
	}
	const renewal = (await countRenewal({ processor })).calls;
	for (let index = renewal.from + first; index < renewal.to; index += step) {
		const schedule = { ...none, cuts: [fullBefore(index)] };
		yield async () => (await playRenewal(schedule, { processor })).faults;
	}
}

/** Sizes of a heap that don't do, from one in which nothing starts. No multiple of anything. */
export function* tightHeaps(stepBytes = 97): Generator<number> {
	for (let bytes = 8192; bytes < sufficientBytes; bytes += stepBytes) yield bytes;
}

/**
 * The way on XS with a heap of that size, and with an ample one from the start on that follows the
 * first fault. Resolves with how often the memory was full.
 */
export async function playTight(heapBytes: number): Promise<number> {
	let board: Board | undefined;
	const heap = { heapBytes: () => (board?.faults.length ? ampleBytes : heapBytes) };
	const world = await createWorld({ processor: "xs", seed: 1, ...heap });
	({ board } = world);
	try {
		await makeJourney(world, await prepareService(world));
		await checkEnd(world);
		const reasons = board.faults.map(({ reason }) => reason);
		assert.ok(
			reasons.length <= 1 && reasons.every((reason) => reason === "memory full"),
			reasons.join(),
		);
		return reasons.length;
	} catch (error) {
		throw new Error(heapBytes + " bytes of heap: " + String(error), { cause: error });
	} finally {
		await world.close();
	}
}

function fullBefore(index: number): Occasion {
	return { kind: "exhaustion", index };
}

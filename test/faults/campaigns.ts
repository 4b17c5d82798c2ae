/** What `npm run faults` can play. Each ends with what came of it, and sets the exit code. */

import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { heapSizes, playSuite } from "../board/suite-heaps.js";
import { scheduleOf } from "./draw.js";
import { allPairs } from "./pairs.js";
import { type Outcome, play, playSeed } from "./play.js";
import { parseSchedule, textOf } from "./schedule.js";
import { cutsBetween, playCuts, playPairs, singleCuts } from "../update/cuts.js";
import { Field } from "../update/field.js";
import { playRude } from "../update/rude.js";
import { playLife } from "../update/two-people.js";
import { playYears, type Years } from "../years/years.js";
import { exhaustions, playTight, tightHeaps } from "./exhaustion.js";
import {
	countRenewal,
	playRenewal,
	RenewalBroken,
	renewalScheduleOf,
	writesWithoutFaults,
} from "./renewals.js";
import { allSingles } from "./singles.js";
import { Tally } from "./tally.js";

export interface Campaign {
	readonly processor: ProcessorKind;
	readonly seed: number;
}

export interface Journeys extends Campaign {
	readonly kind: "drawn" | "singles" | "pairs";
	/** The one to play again, as a broken one has printed it. */
	readonly schedule: string | undefined;
	readonly count: number;
	/** Without a person. */
	readonly isAlone: boolean;
}

/** What to play, one after the other. */
async function* journeys({ schedule, ...words }: Journeys): AsyncGenerator<() => Promise<Outcome>> {
	const { processor, seed, count, isAlone } = words;
	const options = { processor, seed, isAlone };
	if (schedule !== undefined) return yield () => play(parseSchedule(schedule), options);
	if (words.kind !== "drawn") {
		const all = words.kind === "pairs" ? await allPairs() : await allSingles(processor);
		for (const one of all) yield () => play(one, options);
		return;
	}
	for (let next = seed; next < seed + count; next++) {
		if (count === 1) console.log(textOf(scheduleOf(next)));
		yield () => playSeed(next, processor);
	}
}

export async function playUpdates(seed: number, count: number): Promise<void> {
	const field = await Field.open();
	let broken = 0;
	let faults = 0;
	for (let next = seed; next < seed + count; next++) {
		try {
			faults += (await playRude(field, next)).faults;
		} catch (error) {
			broken++;
			console.error(error instanceof Error ? error.message : error);
		}
	}
	await field.close();
	console.log(count + " updates, " + faults + " faults of the board, " + broken + " broken");
	if (broken > 0) process.exitCode = 1;
}

export async function playRenewals(
	{ processor, seed }: Campaign,
	count: number,
	isNextAuthority: boolean,
): Promise<void> {
	const play = { processor, isNextAuthority };
	const counts = await countRenewal(play);
	const breaches = { "lock-out": 0, "double identity": 0, other: 0 };
	const { from, to } = counts.flashOperations;
	let writes = 0;
	let faults = 0;
	let atOnce = 0;
	for (let next = seed; next < seed + count; next++) {
		try {
			const renewed = await playRenewal(renewalScheduleOf(next, counts), { ...play, seed: next });
			faults += renewed.faults;
			if (renewed.writes <= writesWithoutFaults) atOnce++;
			writes = Math.max(writes, renewed.writes);
		} catch (error) {
			breaches[error instanceof RenewalBroken ? error.breach : "other"]++;
			console.error(error instanceof Error ? error.message : error);
		}
	}
	const broken = breaches["lock-out"] + breaches["double identity"] + breaches.other;
	console.log(
		`${count} renewals, ${faults} faults, ${broken} broken (${breaches["lock-out"]} lock-outs, ` +
			`${breaches["double identity"]} double identities), on ${processor}; writes of flash: ` +
			`${to - from} without a fault, so many or less in ${atOnce} with one, and at most ` +
			`${writes} where a fault had one made again`,
	);
	if (broken > 0) process.exitCode = 1;
}

export async function playUpdateCuts({ processor }: Campaign): Promise<void> {
	const field = await Field.open();
	try {
		const { blocks, cuts } = await singleCuts(field, processor);
		for (const cut of cuts) await playCuts(field, processor, blocks, [cut]);
		console.log(cuts.length + " cuts of an update, 0 broken, on " + processor);
	} finally {
		await field.close();
	}
}

export async function playUpdatePairs(): Promise<void> {
	const field = await Field.open();
	try {
		let count = 0;
		for await (const _ of playPairs(field, () => true)) count++;
		console.log(count + " pairs of cuts of an update, 0 broken, on v8");
	} finally {
		await field.close();
	}
}

export async function playTwoPeople({ processor }: Campaign): Promise<void> {
	const field = await Field.open();
	try {
		const marks = await playLife(field, { processor }, 2);
		const cuts = cutsBetween({ flashOperations: 0, messages: 0 }, marks);
		let broken = 0;
		for (const [index, cut] of cuts.entries()) {
			try {
				await playLife(field, { processor, cuts: [cut] }, 2, index);
			} catch (error) {
				broken++;
				console.error(JSON.stringify(cut), error instanceof Error ? error.message : error);
			}
		}
		console.log(cuts.length + " cuts of power, " + broken + " broken, on " + processor);
		if (broken > 0) process.exitCode = 1;
	} finally {
		await field.close();
	}
}

export async function playJourneys(words: Journeys): Promise<void> {
	const tally = new Tally();
	for await (const journey of journeys(words)) {
		try {
			tally.add(await journey());
		} catch (error) {
			tally.addBroken();
			console.error(error instanceof Error ? error.message : error);
		}
	}
	console.log(tally.text + ", on " + words.processor);
	if (tally.isBroken) process.exitCode = 1;
}

/** Of heaps for the device suite. No multiple of anything. */
const suiteStepBytes = 97;

export async function playHeaps({ processor }: Campaign): Promise<void> {
	const field = await Field.open();
	let runs = 0;
	let broken = 0;
	const playOne = async (one: () => Promise<unknown>): Promise<void> => {
		runs++;
		await one().catch((error: unknown) => {
			broken++;
			console.error(error instanceof Error ? error.message : error);
		});
	};
	for await (const one of exhaustions(field, processor)) await playOne(one);
	if (processor === "xs") {
		for (const bytes of tightHeaps()) await playOne(() => playTight(bytes));
		for (const bytes of heapSizes(suiteStepBytes)) await playOne(() => playSuite(bytes));
	}
	await field.close();
	console.log(runs + " ends of the memory, " + broken + " broken, on " + processor);
	if (broken > 0) process.exitCode = 1;
}

export async function playYearsOf(words: Years): Promise<void> {
	const { years, devices, seed } = words;
	const before = process.cpuUsage();
	const { counts, broken } = await playYears(words);
	const { user, system } = process.cpuUsage(before);
	for (const one of broken) console.error(one + "\n");
	for (const [kind, count] of counts) console.log(String(count).padStart(8) + " " + kind);
	const text = `${years} years of ${devices} devices, seed ${seed}: ${broken.length} broken`;
	const seconds = Math.round((user + system) / 1e6);
	console.log(`${text}, on v8, without TLS, in ${seconds} s of CPU`);
	if (broken.length > 0) process.exitCode = 1;
}

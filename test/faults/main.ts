/**
 * `npm run faults`: journeys with faults. `--seed N [--count N]` draws them from seeds, `--singles`
 * plays each mishap by itself, `--pairs` each two power cuts, `--play TEXT` what a broken one has
 * printed; `--alone` without a person. `--updates N` plays so many updates of the seed too, or,
 * with `--count 0`, only them; `--update-pairs` each two power cuts of an update, from install to
 * confirmation, between messages too. `--renewals N` plays so many renewals of key and certificate
 * from the seed on, and nothing else; with `--next-authority` each takes a CA that has followed.
 * `--two-people` plays each cut of power where several people sign a product's bundles.
 * `--heap` ends the memory at each call of the board, and on XS gives it too little at first.
 */

import { parseArgs } from "node:util";
import { scheduleOf } from "./draw.js";
import { allPairs } from "./pairs.js";
import { type Outcome, play, playSeed } from "./play.js";
import { parseSchedule, textOf } from "./schedule.js";
import { cutsBetween, playPairs } from "../update/cuts.js";
import { Field } from "../update/field.js";
import { playRude } from "../update/rude.js";
import { playLife } from "../update/two-people.js";
import { exhaustions, playTight, tightHeaps } from "./exhaustion.js";
import { countRenewal, playRenewal, renewalScheduleOf } from "./renewals.js";
import { allSingles } from "./singles.js";
import { Tally } from "./tally.js";

const { values } = parseArgs({
	options: {
		seed: { type: "string", default: "0" },
		count: { type: "string", default: "1" },
		processor: { type: "string", default: "v8" },
		play: { type: "string" },
		alone: { type: "boolean", default: false },
		pairs: { type: "boolean", default: false },
		singles: { type: "boolean", default: false },
		updates: { type: "string", default: "0" },
		renewals: { type: "string", default: "0" },
		"next-authority": { type: "boolean", default: false },
		"two-people": { type: "boolean", default: false },
		"update-pairs": { type: "boolean", default: false },
		heap: { type: "boolean", default: false },
	},
});
const seed = Number(values.seed);
const processor = values.processor === "xs" ? "xs" : "v8";
const options = { processor, seed, isAlone: values.alone } as const;

/** What to play, one after the other. */
async function* journeys(): AsyncGenerator<() => Promise<Outcome>> {
	if (values.play !== undefined) {
		const schedule = parseSchedule(values.play);
		return yield () => play(schedule, options);
	}
	if (values.singles || values.pairs) {
		const schedules = values.pairs ? await allPairs() : await allSingles(processor);
		for (const schedule of schedules) yield () => play(schedule, options);
		return;
	}
	for (let next = seed; next < seed + Number(values.count); next++) {
		if (values.count === "1") console.log(textOf(scheduleOf(next)));
		yield () => playSeed(next, processor);
	}
}

async function playUpdates(): Promise<void> {
	const count = Number(values.updates);
	if (count === 0) return;
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

async function playRenewals(): Promise<void> {
	const count = Number(values.renewals);
	const isNextAuthority = values["next-authority"];
	const play = { processor, isNextAuthority } as const;
	const counts = await countRenewal(play);
	let faults = 0;
	let broken = 0;
	let writes = 0;
	for (let next = seed; next < seed + count; next++) {
		try {
			const renewed = await playRenewal(renewalScheduleOf(next, counts), { ...play, seed: next });
			faults += renewed.faults;
			writes = Math.max(writes, renewed.writes);
		} catch (error) {
			broken++;
			console.error(error instanceof Error ? error.message : error);
		}
	}
	const text = `${count} renewals, ${faults} faults, ${broken} broken, at most ${writes} writes`;
	console.log(text + ", on " + processor);
	if (broken > 0) process.exitCode = 1;
}

async function playUpdatePairs(): Promise<void> {
	const field = await Field.open();
	try {
		let count = 0;
		for await (const _ of playPairs(field, () => true)) count++;
		console.log(count + " pairs of cuts of an update, 0 broken, on v8");
	} finally {
		await field.close();
	}
}

async function playTwoPeople(): Promise<void> {
	const field = await Field.open();
	try {
		const marks = await playLife(field, { processor }, 2);
		const cuts = cutsBetween({ flashOperations: 0, messages: 0 }, marks);
		for (const [index, cut] of cuts.entries()) {
			await playLife(field, { processor, cuts: [cut] }, 2, index);
		}
		console.log(cuts.length + " cuts of power, no image with one signature, on " + processor);
	} finally {
		await field.close();
	}
}

async function playJourneys(): Promise<void> {
	const tally = new Tally();
	for await (const journey of journeys()) {
		try {
			tally.add(await journey());
		} catch (error) {
			tally.addBroken();
			console.error(error instanceof Error ? error.message : error);
		}
	}
	console.log(tally.text + ", on " + processor);
	if (tally.isBroken) process.exitCode = 1;
}

async function playHeaps(): Promise<void> {
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
	if (processor === "xs") for (const bytes of tightHeaps()) await playOne(() => playTight(bytes));
	await field.close();
	console.log(runs + " ends of the memory, " + broken + " broken, on " + processor);
	if (broken > 0) process.exitCode = 1;
}

if (values.heap) await playHeaps();
else if (values.renewals !== "0") await playRenewals();
else if (values["two-people"]) await playTwoPeople();
else if (values["update-pairs"]) await playUpdatePairs();
else {
	if (values.count !== "0") await playJourneys();
	await playUpdates();
}

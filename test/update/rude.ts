/**
 * Updates with faults drawn from seeds: of the board, of the net, and outages that answer, for
 * images that are good and that are not. Whatever comes, the device ends on a good image, who it
 * was, and within its budget of starts and of flash.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { orderedFault } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import type { Occasion } from "../../hosts/board/power.js";
import { seededRandom } from "../../hosts/board/random.js";
import { addOccasion, drawFault, drawFrom, type Limits, occasionFrom } from "../faults/draw.js";
import type { ExchangeFault } from "../journey/faulty-network.js";
import { Wear } from "../faults/wear.js";
import { BoardIsOff } from "../journey/terminal.js";
import { DfuStatus } from "../../src/update/status.js";
import type { Bundle } from "./bundle-service.js";
import type { Field, Run } from "./field.js";
import { bundleOf, newImage, newVersion } from "./fleet.js";
import { platformKeys } from "./publisher.js";

const app = fileURLToPath(new URL("trial-app.js", import.meta.url));
const { publicKey: platformKey } = platformKeys;
const hourMilliseconds = 3_600_000;
const dayMilliseconds = 24 * hourMilliseconds;
const blockLength = 4096;

/** By the second number of their versions; see trial-app.ts. */
const versions = {
	good: [newVersion],
	crashing: ["0.3.0.0"],
	hanging: ["0.4.0.0"],
	silent: ["0.5.0.0"],
	restarting: ["0.6.0.0"],
	sleeping: ["0.7.0.0"],
	/** Good, but for what it leaves of flash. */
	filling: ["0.8.0.0"],
	/** What it runs on can't feed it. */
	draining: ["0.9.0.0"],
	/** Offered in turn. */
	alternating: ["0.3.0.0", "0.6.0.0", "0.3.1.0"],
} as const;
type Kind = keyof typeof versions;
/** So long an image runs that draws too much. */
const drainMilliseconds = 700;

export interface RudeSchedule {
	readonly kind: Kind;
	/** How much of the image is still to come. */
	readonly blocks: number;
	readonly cuts: readonly Occasion[];
	readonly faults: ReadonlyMap<number, ExchangeFault>;
	/** From when to when something in front of the service answers, in minutes of the run. */
	readonly outage: { readonly status: number; readonly from: number; readonly to: number };
	/** How long the device lies in a drawer before the last version is offered. */
	readonly absenceDays: number;
}

const outageStatuses = [404, 403, 429, 502, 503] as const;

/** An update with three blocks to come has 60 operations on flash, 300 messages, 12 exchanges. */
const limits: Limits = {
	...{ flashOperations: 60, messages: 300, rots: 150 },
	troubles: {
		...{ read: 150, write: 8, join: 6, "silent join": 6, "late join": 6 },
		...{ "slot read": 400, "slot write": 30, confirmation: 2 },
	},
};
const exchangesMaximum = 14;
const absenceMaximumDays = 2500;

/** The schedule of a seed: always the same. */
export function rudeScheduleOf(seed: number): RudeSchedule {
	const draw = drawFrom(seededRandom("update " + seed));
	const kinds = Object.keys(versions);
	const drawn = kinds[draw(2 * kinds.length)];
	const kind = isKind(drawn) ? drawn : "good";
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	for (let count = 1 + draw(5); count > 0; count--) {
		if (draw(2) === 0) addOccasion(cuts, occasionFrom(draw, limits));
		else {
			const exchange = draw(exchangesMaximum);
			faults.set(exchange, drawFault(draw, exchange, isOfAir));
		}
	}
	const from = draw(30);
	const status = outageStatuses[draw(outageStatuses.length)] ?? 503;
	const outage = { status, from, to: draw(3) === 0 ? from + draw(240) : from };
	const absenceDays = draw(6) === 0 ? draw(absenceMaximumDays) : 0;
	return { kind, blocks: 1 + draw(4), cuts, faults, outage, absenceDays };
}

function isKind(text: string | undefined): text is Kind {
	return text !== undefined && text in versions;
}

/** Faults that need a service which can die or be wrong are for journeys. */
function isOfAir(kind: string): boolean {
	return !kind.startsWith("killed") && !kind.startsWith("service");
}

/** How an update with faults has ended. */
export interface RudeOutcome {
	/** How many of the board's faults have come. */
	readonly faults: number;
	readonly boots: number;
	readonly days: number;
	/** Calls of the program to the board. */
	readonly calls: number;
}

/** Plays the update of a seed; an error says which it was. */
export function playRude(field: Field, seed: number): Promise<RudeOutcome> {
	return playRudeSchedule(field, rudeScheduleOf(seed), "update of seed " + seed);
}

/** Plays an update; an error begins its last line with the name. */
export async function playRudeSchedule(
	field: Field,
	schedule: RudeSchedule,
	name: string,
	processor: ProcessorKind = "v8",
): Promise<RudeOutcome> {
	const { kind, blocks, cuts, faults } = schedule;
	const images = versions[kind].map(imageOf);
	const [image = newImage] = images;
	const kept = (Math.ceil(image.length / blockLength) - blocks) * blockLength;
	const options = { processor, cuts, faults, otherSlot: image.slice(0, kept) } as const;
	return field.run(options, async (run) => {
		try {
			return await playSchedule(run, schedule, images);
		} catch (error) {
			const said = run.terminal.transcript.slice(-1500);
			const text = JSON.stringify({ ...schedule, faults: [...faults] });
			const line = name + ": " + text;
			throw new Error([said, String(error), line].join("\n"), { cause: error });
		}
	});
}

async function playSchedule(
	run: Run,
	schedule: RudeSchedule,
	images: readonly Uint8Array[],
): Promise<RudeOutcome> {
	const { kind, outage } = schedule;
	const { board, bundles, clock } = run;
	const start = clock.now();
	const wear = new Wear(board, clock);
	bundles.outage = () => {
		const minutes = (clock.now() - start) / 60_000;
		const isOut = minutes >= outage.from && minutes < outage.to;
		return isOut ? new Response("<p>later</p>", { status: outage.status }) : undefined;
	};
	const offers = images.map((image, index) =>
		bundleOf(image, { version: versions[kind][index], sequence: index + 2 }),
	);
	offerInTurn(run, offers);
	if (kind === "draining") drain(run);
	if (kind !== "good") {
		await insist(run, schedule, undefined);
		offerInTurn(run, [bundleOf(newImage, { version: newVersion, sequence: offers.length + 2 })]);
	}
	if (schedule.absenceDays > 0) {
		await board.powerOff();
		await clock.run(schedule.absenceDays * dayMilliseconds);
	}
	await insist(run, schedule, newVersion);
	await checkDevice(run, bundles.bundle, schedule);
	return checkBudget(run, schedule, wear, (clock.now() - start) / dayMilliseconds);
}

/** After each start of one the next is offered. */
function offerInTurn({ bundles }: Run, offers: readonly Bundle[]): void {
	let armed = 0;
	bundles.onReport = ({ percent, status }) => {
		if (percent === 100 && status === DfuStatus.Pending) armed++;
	};
	bundles.onQuery = () => {
		bundles.bundle = offers[armed % offers.length];
	};
	[bundles.bundle] = offers;
}

/** The supply sags whenever an image is on trial that draws too much. */
function drain({ board, clock }: Run): void {
	const select = board.boot.select.bind(board.boot);
	board.boot.select = () => {
		const selected = select();
		if (selected?.image.version === versions.draining[0]) {
			clock.after(drainMilliseconds, () => board.brownOut());
		}
		return selected;
	};
}

const images = new Map<string, Uint8Array>();

function imageOf(version: string): Uint8Array {
	if (version === newVersion) return newImage;
	const image = images.get(version) ?? buildImage({ app, version, platformKey });
	images.set(version, image);
	return image;
}

/** Beside those that meet a failure of flash: each may meet one. */
const triesMaximum = 8;
/** So often a person tries a version that is no good. */
const triesOfBad = 4;

/** How often flash fails in all. */
function failuresOf({ cuts }: RudeSchedule): number {
	return cuts.reduce((sum, cut) => sum + ("count" in cut ? cut.count : 1), 0);
}

/** A person types `dfu_update` again and again, with patience, until the version has come. */
async function insist(
	run: Run,
	schedule: RudeSchedule,
	version: string | undefined,
): Promise<void> {
	const { board, clock, terminal } = run;
	for (let tries = 0; tries < triesMaximum + failuresOf(schedule); tries++) {
		try {
			if (!board.isOn) await terminal.powerOn();
			const isOnTrial = board.boot.operations["boot.isOnTrial"]?.() === true;
			const runs = /(\d+\.){3}\d+/.exec(await answerOf(run, "version"))?.[0];
			if (version !== undefined && runs === version && !isOnTrial) return;
			if (version === undefined && tries === triesOfBad) return;
			if (!isOnTrial) terminal.send("dfu_update");
			await clock.run(Math.min(hourMilliseconds * 2 ** tries, dayMilliseconds));
			if (terminal.transcript.slice(-400).includes("[Console only")) await board.powerOff();
		} catch (error) {
			if (!(error instanceof BoardIsOff)) throw error;
		}
	}
	assert.fail(String(version) + " has not come");
}

async function checkDevice(
	run: Run,
	bundle: Bundle | undefined,
	schedule: RudeSchedule,
): Promise<void> {
	const { board, clock, terminal } = run;
	const isBundle = async (): Promise<boolean> =>
		(await answerOf(run, "get dms.bundle_id")).endsWith(bundle?.id ?? "");
	await board.powerOff();
	assert.match(await answerOf(run, "version"), new RegExp(newVersion));
	assert.match(await answerOf(run, "get dms.provision.status"), /3$/);
	// A record that can't be read is shown by its other copy, until a start that can read it. One
	// that has rotted is made once more, as soon as the network comes through.
	let tries = failuresOf(schedule) + schedule.faults.size;
	while (!(await isBundle())) {
		assert.ok(tries-- > 0, "it knows which bundle it runs");
		if (schedule.cuts.some(({ kind }) => kind === "rot")) {
			terminal.send("dfu_update");
			await clock.run(hourMilliseconds);
		}
		await board.powerOff();
	}
	assert.equal(board.boot.operations["boot.isOnTrial"]?.(), false);
}

/** What the device says to a line, also one that resets or has its power cut when it is asked. */
async function answerOf({ board, terminal }: Run, line: string): Promise<string> {
	for (;;) {
		try {
			if (!board.isOn) await terminal.powerOn();
			const answer = await terminal.type(line);
			if (!answer.includes("[Ready]")) return answer;
		} catch (error) {
			if (!(error instanceof BoardIsOff)) throw error;
		}
	}
}

/** An image that is no good has three starts that end in a fault, or ten that end otherwise. */
const failuresMaximum = 3;
const trialsOf: Readonly<Record<Kind, number>> = {
	...{ good: 2, filling: 3, crashing: 5, hanging: 5, silent: 5 },
	...{ restarting: 11, sleeping: 11, draining: 11, alternating: 17 },
};

/** What an update may cost, beside what its faults cost. */
function checkBudget(
	{ board }: Run,
	schedule: RudeSchedule,
	wear: Wear,
	days: number,
): RudeOutcome {
	const { cuts, faults, kind } = schedule;
	const mishaps = cuts.length + faults.size;
	const trials = trialsOf[kind] + mishaps;
	const boots = 3 * trials + mishaps + 2;
	assert.ok(board.boots <= boots, board.boots + " starts, not " + boots);
	assert.ok(board.boot.writes <= 5 * trials, board.boot.writes + " writes of the slots' notes");
	const writes = 8 * trials + 4 * mishaps + 2 * Math.ceil(days);
	assert.ok(board.nvs.writes <= writes, board.nvs.writes + " writes of records, not " + writes);
	wear.check({ boots: 30 + 2 * mishaps, writes: 60 + 4 * mishaps, erases: 50 + 4 * mishaps });
	const own = board.faults.filter((fault) => fault !== orderedFault).length;
	// The reset's reason is all that tells of a fault: a mishap while it is noted, and it is lost.
	const images = { crashing: 1, hanging: 1, alternating: 2 }[String(kind)] ?? 0;
	// The silent image changes a setting, which throws where flash fails.
	const isMost =
		own <= images * failuresMaximum + (images > 0 || kind === "silent" ? cuts.length : 0);
	assert.ok(isMost, own + " faults of the program");
	const { failures, calls } = board.power;
	return { faults: failures, boots: board.boots, days, calls };
}

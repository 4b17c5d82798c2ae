/**
 * Updates with faults drawn from seeds: of the board, of the air, and outages that answer, for
 * images that are good and that are not. Whatever comes, the device ends on a good image, who it
 * was, and within its budget of starts and of flash.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { orderedFault } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import type { Occasion } from "../../hosts/board/power.js";
import { seededRandom } from "../../hosts/board/random.js";
import { addOccasion, drawFault, drawFrom, occasionFrom } from "../faults/draw.js";
import type { ExchangeFault } from "../journey/air.js";
import { BoardIsOff } from "../journey/terminal.js";
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
const badVersions = { crashing: "0.3.0.0", hanging: "0.4.0.0", silent: "0.5.0.0" } as const;
type Kind = "good" | keyof typeof badVersions;

export interface RudeSchedule {
	readonly kind: Kind;
	/** How much of the image is still to come. */
	readonly blocks: number;
	readonly cuts: readonly Occasion[];
	readonly faults: ReadonlyMap<number, ExchangeFault>;
	/** From when to when something in front of the service answers, in minutes of the run. */
	readonly outage: { readonly status: number; readonly from: number; readonly to: number };
}

const outageStatuses = [404, 403, 429, 502, 503] as const;

/** An update with three blocks to come has 60 operations on flash, 300 messages, 12 exchanges. */
const limits = { flashOperations: 60, messages: 300, reads: 150, exchanges: 14 } as const;

/** The schedule of a seed: always the same. */
export function rudeScheduleOf(seed: number): RudeSchedule {
	const draw = drawFrom(seededRandom("update " + seed));
	const kinds = ["good", "good", "good", "crashing", "hanging", "silent"] as const;
	const kind = kinds[draw(kinds.length)] ?? "good";
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	for (let count = 1 + draw(5); count > 0; count--) {
		if (draw(2) === 0) addOccasion(cuts, occasionFrom(draw, limits));
		else {
			const exchange = draw(limits.exchanges);
			faults.set(exchange, drawFault(draw, exchange, isOfAir));
		}
	}
	const from = draw(30);
	const status = outageStatuses[draw(outageStatuses.length)] ?? 503;
	const outage = { status, from, to: draw(3) === 0 ? from + draw(240) : from };
	return { kind, blocks: 1 + draw(4), cuts, faults, outage };
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
}

/** Plays the update of a seed; an error says which it was. */
export async function playRude(field: Field, seed: number): Promise<RudeOutcome> {
	const schedule = rudeScheduleOf(seed);
	const { kind, blocks, cuts, faults } = schedule;
	const image = kind === "good" ? newImage : imageOf(badVersions[kind]);
	const kept = (Math.ceil(image.length / blockLength) - blocks) * blockLength;
	const options = { processor: "v8", cuts, faults, otherSlot: image.slice(0, kept) } as const;
	return field.run(options, async (run) => {
		try {
			return await playSchedule(run, schedule, image);
		} catch (error) {
			const said = run.terminal.transcript.slice(-1500);
			const text = JSON.stringify({ ...schedule, faults: [...faults] });
			const line = "update of seed " + seed + ": " + text;
			throw new Error([said, String(error), line].join("\n"), { cause: error });
		}
	});
}

async function playSchedule(
	run: Run,
	schedule: RudeSchedule,
	image: Uint8Array,
): Promise<RudeOutcome> {
	const { kind, outage } = schedule;
	const { bundles, clock } = run;
	const start = clock.now();
	bundles.outage = () => {
		const minutes = (clock.now() - start) / 60_000;
		const isOut = minutes >= outage.from && minutes < outage.to;
		return isOut ? new Response("<p>later</p>", { status: outage.status }) : undefined;
	};
	const version = kind === "good" ? newVersion : badVersions[kind];
	bundles.bundle = bundleOf(image, { version, sequence: 2 });
	if (kind !== "good") {
		await insist(run, undefined);
		bundles.bundle = bundleOf(newImage, { version: newVersion, sequence: 3 });
	}
	await insist(run, newVersion);
	await checkDevice(run, bundles.bundle);
	return checkBudget(run, schedule, (clock.now() - start) / dayMilliseconds);
}

const images = new Map<string, Uint8Array>();

function imageOf(version: string): Uint8Array {
	const image = images.get(version) ?? buildImage({ app, version, platformKey });
	images.set(version, image);
	return image;
}

const triesMaximum = 12;
/** So often a person tries a version that is no good. */
const triesOfBad = 4;

/** A person types `dfu_update` again and again, with patience, until the version has come. */
async function insist(run: Run, version: string | undefined): Promise<void> {
	const { board, clock, terminal } = run;
	for (let tries = 0; tries < triesMaximum; tries++) {
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

async function checkDevice(run: Run, bundle: Bundle | undefined): Promise<void> {
	const { board } = run;
	await board.powerOff();
	assert.match(await answerOf(run, "version"), new RegExp(newVersion));
	assert.match(await answerOf(run, "get dms.provision.status"), /3$/);
	assert.match(await answerOf(run, "get dms.bundle_id"), new RegExp((bundle?.id ?? "none") + "$"));
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

/** What an update may cost, beside what its faults cost. */
function checkBudget({ board }: Run, schedule: RudeSchedule, days: number): RudeOutcome {
	const { cuts, faults, kind } = schedule;
	const mishaps = cuts.length + faults.size;
	const trials = (kind === "good" ? 2 : 5) + mishaps;
	const boots = 3 * trials + mishaps + 2;
	assert.ok(board.boots <= boots, board.boots + " starts, not " + boots);
	assert.ok(board.boot.writes <= 5 * trials, board.boot.writes + " writes of the slots' notes");
	const writes = 8 * trials + 4 * mishaps + 2 * Math.ceil(days);
	assert.ok(board.nvs.writes <= writes, board.nvs.writes + " writes of records, not " + writes);
	const own = board.faults.filter((fault) => fault !== orderedFault).length;
	const isBad = kind === "crashing" || kind === "hanging";
	// A cut while one is noted has it count for nothing.
	assert.ok(own <= (isBad ? 3 + cuts.length : 0), own + " faults of the program");
	return { faults: board.power.failures, boots: board.boots, days };
}

/** An update with cuts of power in it: it comes through, and nothing is lost on the way. */

import assert from "node:assert/strict";
import { cutPoints, type Occasion } from "../../hosts/board/power.js";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { readImage } from "../../hosts/board/image.js";
import { BoardIsOff } from "../journey/terminal.js";
import { bundleOf, newImage, newVersion } from "./fleet.js";
import type { Field, Run } from "./field.js";

const blockLength = 4096;
const bundle = bundleOf(newImage);
/** A person gives up on a device that hasn't come through after so many tries. */
const triesMaximum = 8;

/** Flash operations and messages of the board so far. */
export interface Marks {
	readonly flashOperations: number;
	readonly messages: number;
}

export interface Played {
	/** When the slot was whole, and the update about to be installed. */
	readonly install: Marks;
	readonly end: Marks;
	/** When power failed for the first time, if it did. */
	readonly firstCut: Marks | undefined;
	/** Cuts that have happened. */
	readonly failures: number;
}

/** What the other slot holds when only the last `blocks` blocks of the image are missing. */
function slotWithout(blocks: number): Uint8Array {
	const kept = (Math.ceil(newImage.length / blockLength) - blocks) * blockLength;
	return newImage.slice(0, kept);
}

/** The update with only `blocks` blocks to download, and these cuts. */
export function playUpdate(
	field: Field,
	processor: ProcessorKind,
	blocks: number,
	cuts: readonly Occasion[] = [],
): Promise<Played> {
	const otherSlot = slotWithout(blocks);
	return field.run({ processor, cuts, otherSlot }, async (run) => {
		const { board, bundles } = run;
		let install: Marks | undefined;
		bundles.bundle = bundle;
		bundles.onReport = ({ percent }) => {
			if (percent === 100) install ??= marksOf(run);
		};
		bundles.onImage = (first) => assert.equal(first, heldLength(run), "nothing is fetched twice");
		const { firstCut, end } = await seeThrough(run);
		await checkEnd(run);
		return { install: install ?? end, end, firstCut, failures: board.power.failures };
	});
}

function marksOf({ board: { power } }: Run): Marks {
	return { flashOperations: power.flashOperations, messages: power.messages };
}

/**
 * Types `dfu_update` until the new version has come, as somebody would whose power fails. Resolves
 * with when it failed first, and when all was over.
 */
async function seeThrough(run: Run): Promise<Pick<Played, "firstCut" | "end">> {
	const { board, terminal } = run;
	let firstCut: Marks | undefined;
	for (let tries = 0; tries < triesMaximum; tries++) {
		try {
			if (!board.isOn) await terminal.powerOn();
			const isNew = board.boot.operations["boot.slot"]?.() === "ota_1";
			if (isNew && !isOnTrial(run)) {
				const end = marksOf(run);
				await terminal.type("version"); // Power may fail in the last moment too.
				return { firstCut, end };
			}
			if (!isNew) terminal.send("dfu_update");
			await hear(run, ["[Updated to " + newVersion, "Command failed"]);
		} catch (error) {
			if (!(error instanceof BoardIsOff)) throw error;
			firstCut ??= marksOf(run);
		}
	}
	return assert.fail("no update after " + triesMaximum + " tries:\n" + terminal.transcript);
}

/** Resolves when the device has said one of the texts. */
async function hear({ board, clock, terminal }: Run, texts: readonly string[]): Promise<void> {
	const { length } = terminal.transcript;
	const isSaid = (text: string): boolean => terminal.transcript.includes(text, length);
	await clock.runUntil(() => !board.isOn || texts.some(isSaid));
	if (!texts.some(isSaid)) throw new BoardIsOff();
}

function isOnTrial({ board }: Run): boolean {
	return board.boot.operations["boot.isOnTrial"]?.() === true;
}

/** How much of the image the slot holds, in whole blocks from the first on. */
function heldLength({ state }: Run): number {
	const slot = Buffer.from(state.read("ota_1.bin") ?? []);
	for (let start = 0; start < newImage.length; start += blockLength) {
		const end = Math.min(start + blockLength, newImage.length);
		if (!slot.subarray(start, end).equals(newImage.subarray(start, end))) return start;
	}
	return newImage.length;
}

/** Fails unless the new image runs for good, and the device is who it was. */
async function checkEnd(run: Run): Promise<void> {
	const { board, terminal } = run;
	assert.ok(!isOnTrial(run), "confirmed");
	const [, slot] = board.boot.slots;
	assert.equal(readImage(slot)?.version, newVersion, "the slot holds a whole image");
	assert.match(await terminal.type("get dms.provision.status"), /3$/);
	assert.match(await terminal.type("get dms.bundle_id"), new RegExp(bundle.id + "$"));
	assert.match(await terminal.type("dfu_update"), /Up to date/);
	await board.powerOff();
	await terminal.powerOn();
	assert.match(await terminal.type("version"), new RegExp(newVersion));
	assert.equal(await terminal.type("faults_print"), "No faults");
}

/**
 * Plays pairs of cuts that are `isWanted` from install to confirmation, on V8: all of them, or each
 * `step`th; yields the pair once it has ended well. Throws when one doesn't.
 */
export async function* playPairs(
	field: Field,
	isWanted: (cut: Occasion) => boolean,
	step = 1,
): AsyncGenerator<readonly [Occasion, Occasion]> {
	const { install, end } = await playUpdate(field, "v8", 1);
	let count = 0;
	for (const first of cutsBetween(install, end).filter(isWanted)) {
		const alone = await playCuts(field, "v8", 1, [first]);
		for (const second of cutsBetween(alone.firstCut ?? end, alone.end).filter(isWanted)) {
			if (count++ % step > 0) continue;
			await playCuts(field, "v8", 1, [first, second]);
			yield [first, second];
		}
	}
}

/** Every single cut of an update with as many blocks to come as the processor has time for. */
export async function singleCuts(
	field: Field,
	processor: ProcessorKind,
): Promise<{ readonly blocks: number; readonly cuts: readonly Occasion[] }> {
	const blocks = processor === "v8" ? 3 : 1;
	const { end } = await playUpdate(field, processor, blocks);
	return { blocks, cuts: cutsBetween({ flashOperations: 0, messages: 0 }, end) };
}

/** As `playUpdate`; all the cuts must happen, and who broke it is named. */
export async function playCuts(
	field: Field,
	processor: ProcessorKind,
	blocks: number,
	cuts: readonly Occasion[],
): Promise<Played> {
	const name = JSON.stringify(cuts);
	try {
		const played = await playUpdate(field, processor, blocks, cuts);
		assert.equal(played.failures, cuts.length, "all have happened");
		return played;
	} catch (error) {
		throw new Error(name + ": " + String(error), { cause: error });
	}
}

/** Every cut at the occasions from `start` to before `end`. */
export function cutsBetween(start: Marks, end: Marks): Occasion[] {
	const cuts: Occasion[] = [];
	for (let index = start.flashOperations; index < end.flashOperations; index++) {
		for (const point of cutPoints) cuts.push({ kind: "flash", index, point });
	}
	for (let index = start.messages; index < end.messages; index++) {
		cuts.push({ kind: "message", index });
	}
	return cuts;
}

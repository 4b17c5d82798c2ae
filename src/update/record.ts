/**
 * What flash knows of updates: one record, pure functions over it.
 *
 * It is written once for an update, before the new image is armed. That the image has been
 * confirmed is not written: it is so when the trial's image runs and is not on trial any more.
 */

import type { Boot, ResetReason, System } from "../host.js";
import { isMap, type MessagePackMap, type MessagePackValue } from "../protocol/message-pack.js";
import { isFault } from "./faults.js";
import { DfuError, dfuSentence, DfuStatus } from "./status.js";

/** An image gets so many starts that end in a fault of its own; then it is not tried again. */
const failuresMaximum = 3;
/** And so many in all: one that restarts or sleeps in its trial would wear the flash out. */
const startsMaximum = 10;
/** Sequences that were refused, and of which more are known by being lower than all of these. */
const refusedMaximum = 8;

/** How a trial ended that counts against its image. */
const failureNames = Object.freeze([
	"panic",
	"watchdog",
	"unreached",
	"mismatched",
	"unfinished",
	"unarmed",
] as const);
export type Failure = (typeof failureNames)[number];

/** What identifies an image: parts of its signed statement. */
export interface Candidate {
	readonly sequence: number;
	/** Four numbers. */
	readonly version: string;
	readonly bundle: string;
}

/** An image that was armed, at least once. */
export interface Trial extends Candidate {
	/** Slot and version of the image that armed it, and that runs when it has failed. */
	readonly slot: string;
	readonly from: string;
	/** Its one start is ahead, going on, or over without having been noted. */
	readonly isArmed: boolean;
	/** The image itself has given up reaching the service. */
	readonly isUnreached: boolean;
	/** How many of its starts have ended in a restart, a sleep or a brown-out, without a verdict. */
	readonly starts: number;
	/** How many of them have counted against it. */
	readonly failures: number;
	/** How the last of these ended. */
	readonly failure: Failure | undefined;
}

/** Fields that it doesn't know are kept: a later firmware's may be among them. */
export interface UpdateRecord {
	/** Of the newest image that has been confirmed; 0 for one that came by cable. */
	readonly sequence: number;
	readonly bundle: string;
	readonly trial: Trial | undefined;
	/** Starts of images, of all together, since one was last confirmed. */
	readonly starts: number;
	readonly fields: MessagePackMap;
}

/** What of a host the record is read by. */
export interface Running {
	readonly boot: Pick<Boot, "reason" | "slot" | "isOnTrial">;
	readonly system: Pick<System, "version">;
}

/**
 * Reads a record. As long as the running image is on trial, a trial is one. Then it is an
 * installation when its image runs, and as good as one when neither that image runs nor the one
 * that armed it: somebody came with a cable.
 */
export function updateRecordOf(fields: MessagePackMap, running: Running): UpdateRecord {
	const trial = trialOf(fields.trial);
	if (trial !== undefined && isOver(trial, running)) {
		const { sequence, bundle } = trial;
		return { sequence, bundle, trial: undefined, starts: 0, fields };
	}
	return {
		starts: wholeNumberOf(fields.starts),
		sequence: wholeNumberOf(fields.sequence),
		bundle: textOf(fields.bundle),
		trial,
		fields,
	};
}

function isOver(trial: Trial, running: Running): boolean {
	if (running.boot.isOnTrial) return false;
	return isRunning(trial, running) || trial.from !== running.system.version;
}

/** Whether the image of a trial is the one that runs. */
export function isRunning(trial: Trial, { boot, system }: Running): boolean {
	return trial.slot !== boot.slot && trial.version === system.version;
}

/** The fields to write before an image is armed. */
export function withTrial(record: UpdateRecord, trial: Trial): MessagePackMap {
	const { sequence, bundle, starts, fields } = record;
	const tried = othersTried(fields, trial.sequence);
	const now: MessagePackMap = { ...fields, sequence, bundle, starts, tried };
	if (isRefused(trial)) now.refused = withRefused(fields, trial.sequence);
	now.trial = fieldsOf(trial);
	return now;
}

/** Starts and failures of an image whose trial another one's has replaced in the record. */
function countsOf({ fields }: UpdateRecord, sequence: number): [number, number] {
	for (const [one, starts = 0, failures = 0] of triedIn(fields)) {
		if (one === sequence) return [starts, failures];
	}
	return [0, 0];
}

/** The images that were tried and not given up, but this one: offered in turn, each counts on. */
function othersTried(fields: MessagePackMap, sequence: number): number[][] {
	const tried = triedIn(fields);
	const last = trialOf(fields.trial);
	if (last !== undefined && !isRefused(last)) {
		tried.push([last.sequence, last.starts, last.failures]);
	}
	return tried.filter(([one]) => one !== sequence).slice(-refusedMaximum);
}

function triedIn({ tried }: MessagePackMap): number[][] {
	if (!Array.isArray(tried)) return [];
	return tried.map((entry) => (Array.isArray(entry) ? entry.map(wholeNumberOf) : []));
}

/** Whether an image of this sequence was given up: by name, or lower than all that are kept. */
function wasRefused({ fields, sequence }: UpdateRecord, candidate: number): boolean {
	const refused = refusedIn(fields);
	const isLow = refused.length === refusedMaximum && candidate < (refused[0] ?? 0);
	return refused.includes(candidate) || (isLow && candidate !== sequence);
}

/** In ascending order. The lowest goes when there are too many. */
function withRefused(fields: MessagePackMap, sequence: number): number[] {
	const others = refusedIn(fields).filter((one) => one !== sequence);
	const all = others.concat(sequence).sort((left, right) => left - right);
	return all.slice(-refusedMaximum);
}

function refusedIn({ refused }: MessagePackMap): number[] {
	return Array.isArray(refused) ? refused.map(wholeNumberOf) : [];
}

/**
 * What becomes of an armed trial when another image runs: its start is over. A fault of it counts
 * against the image, and so do ten other ends without a verdict; a cut of power doesn't.
 */
export function ended(trial: Trial, reason: ResetReason): Trial {
	const over = { ...trial, isArmed: false };
	if (isFault(reason)) return failed(over, reason === "watchdog" ? reason : "panic");
	if (reason === "power" || trial.isUnreached) return over;
	const starts = trial.starts + 1;
	return starts < startsMaximum ? { ...over, starts } : givenUp({ ...over, starts }, "unfinished");
}

/**
 * A trial that ends without proof. No word of the service fails an image, so where a refused
 * signature was the last, the start that `ended` will count is taken off before.
 */
export function unproven(trial: Trial, isDoubted: boolean): Trial {
	return isDoubted ? { ...trial, starts: trial.starts - 1 } : { ...trial, isUnreached: true };
}

/** One more failure. */
export function failed(trial: Trial, failure: Failure): Trial {
	return { ...trial, isUnreached: false, failures: trial.failures + 1, failure };
}

/** No other start will mend it. */
export function givenUp(trial: Trial, failure: Failure): Trial {
	return { ...trial, failures: failuresMaximum, failure };
}

/** Whether the image is not to be tried again. */
export function isRefused(trial: Trial): boolean {
	return trial.failures >= failuresMaximum;
}

/**
 * What is to become of an image, if it isn't the one that runs: its trials so far count. One that
 * never reached the service, which was there for us the moment after, has failed: `wasOut` says
 * that it wasn't. Throws `RefusedBefore`.
 */
export function nextTrial(
	record: UpdateRecord,
	candidate: Candidate,
	{ boot, system }: Running,
	wasOut: boolean,
): Trial | undefined {
	const { version } = system;
	const { sequence } = candidate;
	if (sequence === record.sequence && candidate.version === version) return undefined;
	const start = { slot: boot.slot, from: version, isArmed: true, isUnreached: false };
	const before = record.trial?.sequence === sequence ? record.trial : undefined;
	if (before === undefined) {
		if (wasRefused(record, sequence)) throw new DfuError(DfuStatus.RefusedBefore);
		const [starts, failures] = countsOf(record, sequence);
		return { ...candidate, ...start, starts, failures, failure: undefined };
	}
	const now = before.isUnreached && !wasOut ? failed(before, "unreached") : before;
	return isRefused(now) ? now : { ...now, ...candidate, ...start };
}

/** How an update stands that has had its trials. */
export function statusOf(trial: Trial): DfuStatus {
	if (!isRefused(trial)) return DfuStatus.Pending;
	switch (trial.failure) {
		case "unreached":
			return DfuStatus.TrialUnreached;
		case "mismatched":
			return DfuStatus.TrialMismatched;
		case "watchdog":
			return DfuStatus.TrialHung;
		case "unfinished":
			return DfuStatus.TrialUnfinished;
		case "unarmed":
			return DfuStatus.ArmRefused;
		default:
			return DfuStatus.TrialCrashed;
	}
}

/** How a trial that is over has ended, for a person who has seen the device restart. */
export function endOf(trial: Trial): string {
	const end = isRefused(trial)
		? " failed: " + dfuSentence(statusOf(trial))
		: " has not proven itself yet, and is tried again";
	return "Update to " + trial.version + end;
}

function trialOf(value: MessagePackValue | undefined): Trial | undefined {
	if (!isMap(value)) return undefined;
	const { slot, failure } = value;
	if (typeof slot !== "string") return undefined;
	return {
		sequence: wholeNumberOf(value.sequence),
		version: textOf(value.version),
		bundle: textOf(value.bundle),
		slot,
		from: textOf(value.from),
		isArmed: value.armed === true,
		isUnreached: value.unreached === true,
		starts: wholeNumberOf(value.starts),
		failures: wholeNumberOf(value.failures),
		failure: failureNames.find((one) => one === failure),
	};
}

/** Only what is so is written, for the record's sake. */
function fieldsOf(trial: Trial): MessagePackMap {
	const { sequence, version, bundle, slot, from, isArmed, isUnreached } = trial;
	const { starts, failures, failure } = trial;
	const fields: MessagePackMap = { sequence, version, bundle, slot, from };
	if (isArmed) fields.armed = true;
	if (isUnreached) fields.unreached = true;
	if (starts > 0) fields.starts = starts;
	if (failures > 0) fields.failures = failures;
	if (failure !== undefined) fields.failure = failure;
	return fields;
}

function wholeNumberOf(value: MessagePackValue | undefined): number {
	return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function textOf(value: MessagePackValue | undefined): string {
	return typeof value === "string" ? value : "";
}

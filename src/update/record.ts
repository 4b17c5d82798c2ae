/**
 * What flash knows of updates: one record, pure functions over it.
 *
 * It is written once for an update, before the new image is armed. That the image has been
 * confirmed is not written: it is so when the trial's image runs and is not on trial any more.
 */

import type { Boot, ResetReason } from "../host.js";
import { isMap, type MessagePackMap, type MessagePackValue } from "../protocol/message-pack.js";
import { isFault } from "./faults.js";
import { dfuSentence, DfuStatus } from "./status.js";

/** An image gets so many starts that end in a fault of its own; then it is not tried again. */
const failuresMaximum = 3;

/** How a trial ended that counts against its image. */
const failureNames = Object.freeze(["panic", "watchdog", "unreached", "mismatched"] as const);
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
	/** How many of its starts have counted against it. */
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
	readonly fields: MessagePackMap;
}

/** What of the boot the record is read by. */
export interface Running {
	readonly boot: Pick<Boot, "reason" | "slot" | "isOnTrial">;
	readonly version: string;
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
		return { sequence, bundle, trial: undefined, fields };
	}
	return {
		sequence: wholeNumberOf(fields.sequence),
		bundle: textOf(fields.bundle),
		trial,
		fields,
	};
}

function isOver(trial: Trial, running: Running): boolean {
	if (running.boot.isOnTrial) return false;
	return isRunning(trial, running) || trial.from !== running.version;
}

/** Whether the image of a trial is the one that runs. */
export function isRunning(trial: Trial, { boot, version }: Running): boolean {
	return trial.slot !== boot.slot && trial.version === version;
}

/** The fields to write before an image is armed. */
export function withTrial(record: UpdateRecord, trial: Trial): MessagePackMap {
	const { sequence, bundle, fields } = record;
	return { ...fields, sequence, bundle, trial: fieldsOf(trial) };
}

/**
 * What becomes of an armed trial when another image runs: its start is over. A fault of it counts;
 * a cut of power doesn't, and neither does a restart that somebody asked for.
 */
export function ended(trial: Trial, reason: ResetReason): Trial {
	const over = { ...trial, isArmed: false };
	return isFault(reason) ? failed(over, reason === "watchdog" ? reason : "panic") : over;
}

/** One more failure. */
export function failed(trial: Trial, failure: Failure): Trial {
	return { ...trial, isUnreached: false, failures: trial.failures + 1, failure };
}

/** The image says another version than its statement: a mistake that no other start will mend. */
export function mismatched(trial: Trial): Trial {
	return { ...trial, failures: failuresMaximum, failure: "mismatched" };
}

/** Whether the image is not to be tried again. */
export function isRefused(trial: Trial): boolean {
	return trial.failures >= failuresMaximum;
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
		failures: wholeNumberOf(value.failures),
		failure: failureNames.find((one) => one === failure),
	};
}

/** Only what is so is written, for the record's sake. */
function fieldsOf(trial: Trial): MessagePackMap {
	const { sequence, version, bundle, slot, from, isArmed, isUnreached, failures, failure } = trial;
	const fields: MessagePackMap = { sequence, version, bundle, slot, from };
	if (isArmed) fields.armed = true;
	if (isUnreached) fields.unreached = true;
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

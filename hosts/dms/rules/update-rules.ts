/**
 * Which bundle a device gets: facts in, a decision out. No storage, no clock, no side effects.
 *
 * The device has the last word: it takes only what its product's publisher has signed, nothing
 * older than what it has, and nothing below its floor. Here is only what saves it the asking.
 */

import { compareVersions } from "../../../src/protocol/version.js";
import { sha256 } from "../digest.js";
import type { Tag } from "../storage/schema-updates.js";

export interface UpdateFacts {
	/** Seconds since 1970. */
	readonly time: number;
	readonly device: {
		readonly uuid: string;
		readonly platform: string;
		/** Version that runs. */
		readonly version: string;
		/** Of the newest image that it has confirmed. */
		readonly sequence: number;
		readonly tag: Tag | null;
		readonly pin: string | null;
	};
	readonly product: {
		readonly isProduction: boolean;
		readonly floor: string;
		/** Generation of its key; 0 for none. */
		readonly generation: number;
	};
	/** Of the product, those withdrawn included. */
	readonly bundles: readonly BundleFacts[];
	readonly tags: readonly TagFacts[];
	/** Version that somebody asked for on the device. */
	readonly wanted?: string | undefined;
	/** What the device has to go over before all that is newer. */
	readonly steppingStone?: SteppingStone | undefined;
}

export interface SteppingStone {
	/** Of the product's key that the device can check at most. */
	readonly generation: number;
	/** The image that has the platform's next key; `undefined` where none is held. */
	readonly bundle: BundleFacts | undefined;
}

export interface BundleFacts {
	readonly id: string;
	readonly version: string;
	readonly sequence: number;
	readonly platform: string;
	/** Of the key that its statement is signed with. */
	readonly generation: number;
	readonly expiresAt: number | null;
	readonly withdrawnAt: number | null;
}

export interface TagFacts {
	readonly tag: Tag;
	readonly bundle: string;
	readonly percent: number;
	readonly haltedAt: number | null;
}

/** The rule that decided, and the bundle if there is one to get. */
export interface UpdateDecision {
	readonly rule: UpdateRule;
	readonly bundle?: BundleFacts;
}

/** Of the first five there is a bundle; the others say why there is none. */
export type UpdateRule =
	| "explicit"
	| "pin"
	| Tag
	| "stepping-stone"
	| "up-to-date"
	| "product-other"
	| "untagged"
	| "pin-unknown"
	| "explicit-refused"
	| "version-unknown"
	| "withdrawn"
	| "platform"
	| "key"
	| "key-before"
	| "platform-key"
	| "expired"
	| "floor"
	| "older"
	| "roll-out-waits"
	| "roll-out-halted";

/** Selection, then what speaks against the one selected, then what the device has to get before. */
export function decideUpdate(facts: UpdateFacts): UpdateDecision {
	const { steppingStone: stone, product } = facts;
	if (stone === undefined) return select(facts);
	const { generation, bundle } = stone;
	const decision = select({ ...facts, product: { ...product, generation } });
	// What is signed with a key that the device can check it takes as ever.
	return decision.rule === "key" ? goOver(facts, bundle) : decision;
}

/** The service's floor is no matter here: it is higher than what runs. */
function goOver(facts: UpdateFacts, bundle: BundleFacts | undefined): UpdateDecision {
	const { device, time } = facts;
	if (bundle === undefined || bundle.withdrawnAt !== null) return { rule: "platform-key" };
	// It is to stay below.
	const selected = selectionOf(facts).bundle;
	if (selected && compareVersions(selected.version, bundle.version) < 0) return { rule: "key" };
	if (bundle.platform !== device.platform) return { rule: "platform" };
	// It runs that, and hasn't the next key: another image was meant.
	if (bundle.version === device.version) return { rule: "platform-key" };
	if (bundle.expiresAt !== null && time >= bundle.expiresAt) return { rule: "expired" };
	if (bundle.sequence < device.sequence) return { rule: "older" };
	return { rule: "stepping-stone", bundle };
}

function select(facts: UpdateFacts): UpdateDecision {
	const { device, product, wanted } = facts;
	if (wanted !== undefined && product.isProduction) return { rule: "explicit-refused" };
	const { rule, bundle, absent, tag } = selectionOf(facts);
	const decision = judge(facts, rule, bundle, absent);
	if (decision.bundle === undefined || tag === undefined) return decision;
	if (tag.haltedAt !== null) return { rule: "roll-out-halted" };
	return isRolledOut(device.uuid, tag) ? decision : { rule: "roll-out-waits" };
}

interface Selection {
	readonly rule: UpdateRule;
	readonly bundle: BundleFacts | undefined;
	/** What to say where there is none. */
	readonly absent: UpdateRule;
	/** By which it is selected. */
	readonly tag?: TagFacts;
}

function selectionOf(facts: UpdateFacts): Selection {
	const { bundles, device, wanted } = facts;
	if (wanted !== undefined) {
		const bundle = bundleOfVersion(facts, wanted);
		return { rule: "explicit", bundle, absent: "version-unknown" };
	}
	if (device.pin !== null) {
		return { rule: "pin", bundle: bundleOfVersion(facts, device.pin), absent: "pin-unknown" };
	}
	const tag = tagFor(facts);
	if (tag === undefined) return { rule: "untagged", bundle: undefined, absent: "untagged" };
	const bundle = bundles.find(({ id }) => id === tag.bundle);
	return { rule: tag.tag, bundle, absent: "untagged", tag };
}

/** A device's own tag, and `release` where there is no bundle of that. */
function tagFor({ device, tags }: UpdateFacts): TagFacts | undefined {
	const own = device.tag === null ? undefined : tags.find(({ tag }) => tag === device.tag);
	return own ?? tags.find(({ tag }) => tag === "release");
}

function bundleOfVersion(facts: UpdateFacts, version: string): BundleFacts | undefined {
	return facts.bundles.find((bundle) => bundle.version === version);
}

function judge(
	facts: UpdateFacts,
	rule: UpdateRule,
	bundle: BundleFacts | undefined,
	absent: UpdateRule,
): UpdateDecision {
	const { device, product, time } = facts;
	if (bundle === undefined) return { rule: absent };
	if (bundle.withdrawnAt !== null) return { rule: "withdrawn" };
	if (bundle.platform !== device.platform) return { rule: "platform" };
	if (bundle.generation !== product.generation) return { rule: "key" };
	if (bundle.version === device.version) return { rule: "up-to-date" };
	if (bundle.expiresAt !== null && time >= bundle.expiresAt) return { rule: "expired" };
	if (compareVersions(bundle.version, product.floor) < 0) return { rule: "floor" };
	return bundle.sequence < device.sequence ? { rule: "older" } : { rule, bundle };
}

/** The same devices first as the share of a bundle grows, others first with another bundle. */
function isRolledOut(uuid: string, { bundle, percent }: TagFacts): boolean {
	const digest = sha256(Buffer.from(uuid + ":" + bundle));
	return Buffer.from(digest).readUInt32BE(0) / 2 ** 32 < percent / 100;
}

/** `dfu.status` of an update that succeeded. */
const success = 1;
/** From here on an update has ended on the device, but for one that waits for a trial to end. */
const failureMinimum = 100;
/** It ended because its publisher or this service has taken it back: that says nothing of it. */
const notOffered = 211;
const onTrial = 220;
/** A single device that is broken is no reason to stop. */
const haltFailuresMinimum = 3;

/** What a report of this `dfu.status` says of the image; `undefined` while the update goes on. */
export function outcomeOf(status: number): "success" | "failure" | undefined {
	if (status === success) return "success";
	const isFailure = status >= failureMinimum && status !== notOffered && status !== onTrial;
	return isFailure ? "failure" : undefined;
}

/** Whether the device may still confirm the image: it has it, and waits for a trial's end. */
export function isUnderWay(status: number): boolean {
	return outcomeOf(status) === undefined && status !== notOffered;
}

/** How many devices have ended an update so, by the last report of each. */
export interface Outcomes {
	readonly failures: number;
	readonly successes: number;
}

/** Whether a roll-out is to stop. */
export function isHaltDue({ failures, successes }: Outcomes, failurePercent: number): boolean {
	const share = (100 * failures) / (failures + successes);
	return failures >= haltFailuresMinimum && share > failurePercent;
}

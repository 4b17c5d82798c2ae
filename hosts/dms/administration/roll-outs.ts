/** Roll-outs: how a tag's bundle fares on devices, and what stops it and lets it go on. */

import { statusSentence } from "../rules/update-sentences.js";
import { isUnderWay, outcomeOf } from "../rules/update-rules.js";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { findBundle, haltTags, tagsOf } from "../storage/bundles.js";
import { reportCountsOf } from "../storage/reports.js";
import { countTaggedDevices } from "../storage/roll-outs.js";
import type { Database } from "../storage/schema.js";
import type { BundleRow, BundleTagRow, Tag } from "../storage/schema-updates.js";
import { auditBundle, setTag } from "./bundle-tags.js";
import { actor, change, requireProduct } from "./change.js";

export interface RollOutState {
	readonly product: string;
	readonly tag: Tag;
	readonly version: string;
	/** How many of a hundred devices get it. */
	readonly percent: number;
	/** It stops by itself when more of a hundred devices fail. */
	readonly failurePercent: number;
	/** Seconds since 1970, as `haltedAt`. */
	readonly taggedAt: number;
	readonly haltedAt: number | null;
	/** Who has stopped it, as the audit log names him: `service`, when too many devices failed. */
	readonly haltedBy: string | null;
	/** How many devices go by this tag. */
	readonly devices: number;
	/** How many of them get it, by the share that was chosen; give or take a few. */
	readonly offered: number;
	/** Devices by what each has reported last: it has the image and tries it, runs it, or failed. */
	readonly underWay: number;
	readonly confirmed: number;
	readonly failed: number;
	readonly reasons: readonly RollOutReason[];
}

/** Why devices have failed, the most frequent first. */
export interface RollOutReason {
	/** `dfu.status`. */
	readonly status: number;
	/** The same in words. */
	readonly message: string;
	readonly devices: number;
}

export interface RollOuts {
	show(product: string, tag: Tag): Promise<RollOutState>;
	/** No device gets the bundle by this tag any more, until it goes on. */
	pause(product: string, tag: Tag): Promise<void>;
	/** Goes on as before; devices that failed until now don't count any more. */
	resume(product: string, tag: Tag): Promise<void>;
}

export function createRollOuts(core: Core): RollOuts {
	return {
		show: async (product, tag) => {
			const { database } = core;
			return stateOf(database, await requireRollOut(database, product, tag));
		},
		pause: (product, tag) =>
			change(core, async (database, time) => {
				const { row, bundle } = await requireRollOut(database, product, tag);
				if (row.haltedAt !== null) return;
				await haltTags(database, bundle.id, { haltedAt: time, haltedBy: actor() }, tag);
				const details = { tag, version: bundle.version };
				await auditBundle(database, time, "bundle.pause", product, details);
			}),
		resume: (product, tag) =>
			change(core, async (database, time) => {
				const { row, bundle } = await requireRollOut(database, product, tag);
				if (row.haltedAt !== null) await setTag(database, bundle, tag, row, time);
			}),
	};
}

interface RollOutRows {
	readonly row: BundleTagRow;
	/** All tags of the product. */
	readonly tags: readonly BundleTagRow[];
	readonly bundle: BundleRow;
}

async function requireRollOut(database: Database, product: string, tag: Tag): Promise<RollOutRows> {
	await requireProduct(database, product);
	const tags = await tagsOf(database, product);
	const row = tags.find((other) => other.tag === tag);
	const bundle = row && (await findBundle(database, row.bundle));
	if (row !== undefined && bundle !== undefined) return { row, tags, bundle };
	throw new OperatorError("tag-unknown", `${product} has no bundle that is tagged ${tag}.`);
}

async function stateOf(
	database: Database,
	{ row, tags, bundle }: RollOutRows,
): Promise<RollOutState> {
	const { product, tag, percent, failurePercent, taggedAt, haltedAt, haltedBy } = row;
	const counts = await countTaggedDevices(database, product);
	const others = tags.filter((other) => other.tag !== tag).map((other) => other.tag);
	// Whose own tag has no bundle goes by the release.
	const isOfTag = (own: Tag | null): boolean =>
		own === tag || (tag === "release" && (own === null || !others.includes(own)));
	const devices = sumOf(counts.filter((count) => isOfTag(count.tag)));
	const reports = await reportCountsOf(database, bundle.id);
	const failures = reports.filter(({ status }) => outcomeOf(status) === "failure");
	return {
		...{ product, tag, version: bundle.version, percent, failurePercent },
		...{ taggedAt, haltedAt, haltedBy, devices },
		offered: Math.round((devices * percent) / 100),
		underWay: sumOf(reports.filter(({ status }) => isUnderWay(status))),
		confirmed: sumOf(reports.filter(({ status }) => outcomeOf(status) === "success")),
		failed: sumOf(failures),
		reasons: failures
			.map(({ status, devices }) => ({ status, message: statusSentence(status), devices }))
			.sort((one, other) => other.devices - one.devices),
	};
}

function sumOf(counts: readonly { readonly devices: number }[]): number {
	return counts.reduce((sum, { devices }) => sum + devices, 0);
}

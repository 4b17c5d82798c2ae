/** Tags of bundles: which of them devices get. */

import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { putTag, tagsOf } from "../storage/bundles.js";
import { setRollOut } from "../storage/reports.js";
import type { Database } from "../storage/schema.js";
import type { BundleRow, BundleTagRow, Tag } from "../storage/schema-updates.js";
import { actor } from "./change.js";

export interface RollOut {
	/** How many of a hundred devices get it. Default: all. */
	readonly percent?: number | undefined;
	/** It stops by itself when more of a hundred devices fail. Default: 10. */
	readonly failurePercent?: number | undefined;
}

const failurePercentDefault = 10;

export async function setTag(
	database: Database,
	bundle: BundleRow,
	tag: Tag,
	rollOut: RollOut,
	time: number,
): Promise<void> {
	const { percent = 100, failurePercent = failurePercentDefault } = rollOut;
	for (const share of [percent, failurePercent]) {
		if (Number.isInteger(share) && share >= 0 && share <= 100) continue;
		throw new OperatorError("limit", "A share is a whole number from 0 to 100.");
	}
	requireCurrent(bundle);
	const { product, id, version } = bundle;
	const before = (await tagsOf(database, product)).find((other) => other.tag === tag);
	if (before?.bundle !== id || before.haltedAt !== null) {
		// Who starts or resumes a roll-out has seen how it went: what counts is what comes then.
		await setRollOut(database, id, { round: bundle.round + 1, failures: 0, successes: 0 });
	}
	const row: BundleTagRow = {
		...{ product, tag, bundle: id, percent, failurePercent },
		...{ haltedAt: null, haltedBy: null, taggedAt: time },
	};
	await putTag(database, row);
	const details = { tag, version, percent, failurePercent };
	await auditBundle(database, time, "bundle.tag", product, details);
}

export function requireCurrent({ version, withdrawnAt }: BundleRow): void {
	if (withdrawnAt === null) return;
	throw new OperatorError("bundle", version + " has been withdrawn. Publish a higher version.");
}

export async function auditBundle(
	database: Database,
	time: number,
	action: string,
	product: string,
	details: { readonly [name: string]: string | number | null },
): Promise<void> {
	const subject = "product:" + product;
	await appendAudit(database, time, { actor: actor(), action, subject, details });
}

/** What a device gets at its next query, and why: what the service can say without asking it. */

import { type Core, timeOf } from "../core.js";
import { decideUpdate, type UpdateRule } from "../rules/update-rules.js";
import { statusSentence } from "../rules/update-sentences.js";
import { readState } from "../storage/product-cache.js";
import { type DeviceReport, reportsOfDevice } from "../storage/reports.js";
import { steppingStoneOf, stoneFor } from "../stepping-stones.js";
import type { DeviceRow } from "../storage/schema.js";

/** Where no question of versions comes up yet. */
type Obstacle = "revoked" | "locked" | "unclaimed" | "inactive";

export interface UpdateOutlook {
	readonly rule: UpdateRule | Obstacle;
	/** The same in words. */
	readonly message: string;
	/** What the device gets at its next query. */
	readonly version: string | null;
	/** What it has reported of each bundle last, the newest first. */
	readonly reports: readonly DeviceReportInWords[];
}

export interface DeviceReportInWords extends DeviceReport {
	/** The status in words, as the device says it. */
	readonly message: string;
}

const messages: { readonly [rule in UpdateRule | Obstacle]: string } = Object.freeze({
	revoked: "It gets nothing: its certificates are revoked.",
	locked: "It gets nothing: it is locked.",
	unclaimed: "It gets nothing: nobody owns it.",
	inactive: "It gets nothing: it is on no product.",
	explicit: "It gets what somebody asks for on it.",
	pin: "It gets the version that it is pinned to.",
	release: "It gets the release.",
	beta: "It gets the bundle tagged beta, as it is tagged itself.",
	alpha: "It gets the bundle tagged alpha, as it is tagged itself.",
	"stepping-stone": "It gets this first: a stepping stone, with the platform's next key.",
	"up-to-date": "It runs what is chosen for it.",
	"product-other": "It goes by another product than the service knows.",
	untagged: "It gets nothing: its product has no release.",
	"pin-unknown": "It gets nothing: it is pinned to a version that isn't there.",
	"explicit-refused": "It gets nothing: the publisher chooses the version.",
	"version-unknown": "It gets nothing: there is no such version.",
	withdrawn: "It gets nothing: the version chosen for it has been withdrawn.",
	platform: "It gets nothing: the version chosen for it is for other hardware.",
	key: "It gets nothing: the version chosen for it is signed with a key that was replaced.",
	"key-before": "It takes the product's keys first, one after the other.",
	"platform-key":
		"It can't check what is chosen: it has a former key of the platform, and needs a cable.",
	expired: "It gets nothing: the version chosen for it has expired.",
	floor: "It gets nothing: the version chosen for it is below the product's lowest.",
	older: "It gets nothing: the version chosen for it is older than what it runs.",
	"roll-out-waits": "It gets nothing yet: the share of the roll-out doesn't reach it.",
	"roll-out-halted": "It gets nothing: the roll-out has stopped.",
});

export async function outlookOf(core: Core, device: DeviceRow): Promise<UpdateOutlook> {
	const { rule, version } = await decide(core, device);
	const reports = await reportsOfDevice(core.database, device.uuid);
	const inWords = reports.map((one) => ({ ...one, message: statusSentence(one.status) }));
	return { rule, message: messages[rule], version: version ?? null, reports: inWords };
}

async function decide(
	core: Core,
	device: DeviceRow,
): Promise<{ readonly rule: UpdateRule | Obstacle; readonly version?: string }> {
	if (device.revokedAt !== null) return { rule: "revoked" };
	if (device.lockedAt !== null) return { rule: "locked" };
	if (device.owner === null) return { rule: "unclaimed" };
	const state =
		device.product === null ? undefined : await readState(core.database, device.product);
	if (state === undefined) return { rule: "inactive" };
	const { product, keys, bundles, tags } = state;
	const { uuid, platform, version, tag, pin } = device;
	// What it has confirmed, as far as it is known here.
	const sequence = bundles.find((bundle) => bundle.version === version)?.sequence ?? 0;
	const stone = stoneFor(state, { version, platformKey: device.platformKey ?? undefined });
	const { rule, bundle } = decideUpdate({
		...{ time: timeOf(core), bundles, tags },
		steppingStone: stone && steppingStoneOf(stone, bundles),
		device: { uuid, platform, version, sequence, tag, pin },
		product: {
			isProduction: product.production === 1,
			floor: product.floor,
			generation: keys[0]?.generation ?? 0,
		},
	});
	return bundle === undefined ? { rule } : { rule, version: bundle.version };
}

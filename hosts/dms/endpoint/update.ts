/** `POST /update`: which bundle a device gets. `PUT /update`: how it fares with one. */

import { toHex } from "../../../src/encoding/bytes.js";
import type { MessagePackMap } from "../../../src/protocol/message-pack.js";
import { isKeySet } from "../../../src/protocol/key-set.js";
import { isVersion } from "../../../src/protocol/version.js";
import type { UpdateQuery, UpdateReport } from "../../../src/protocol/update.js";
import type { Rule } from "../rules/refusals.js";
import {
	decideUpdate,
	isHaltDue,
	outcomeOf,
	type Outcomes,
	type UpdateDecision,
	type UpdateRule,
} from "../rules/update-rules.js";
import { appendAudit } from "../storage/audit.js";
import { findBundle, haltTags, tagsOf } from "../storage/bundles.js";
import { countChange, type Signer } from "../storage/changes.js";
import { updateDevice } from "../storage/devices.js";
import { type ProductState, readState } from "../storage/product-cache.js";
import { findSteppingStoneBundle } from "../storage/stepping-stones.js";
import { keysFor, steppingStoneOf, stoneFor } from "../stepping-stones.js";
import type { SteppingStoneRow } from "../storage/schema-stepping-stones.js";
import { countReport, findReport, putReport, setRollOut } from "../storage/reports.js";
import type { DeviceRow, ProductRow } from "../storage/schema.js";
import type { BundleRow, ProductKeyRow, UpdateReportRow } from "../storage/schema-updates.js";
import { type Answer, answerWith, noContent, refuse } from "./answer.js";
import type { DeviceRequest } from "./device-endpoint.js";
import type { Exchange } from "./exchange.js";
import { noteHardware } from "./hardware.js";

/** Why there is nothing to get, for the person who asked. */
const sentences: { readonly [rule in UpdateRule]: string } = Object.freeze({
	explicit: "as asked for.",
	pin: "this device is pinned to it.",
	release: "the release.",
	beta: "this device is tagged beta.",
	alpha: "this device is tagged alpha.",
	"stepping-stone": "it has the platform's next key, which what comes after it needs.",
	"up-to-date": "The device has what is selected for it.",
	"product-other":
		"The device goes by another product than the service knows. Type dms_activate and the code.",
	untagged: "The product has no release yet.",
	"pin-unknown": "The device is pinned to a version that is not there.",
	"explicit-refused": "On a production product the publisher chooses the version.",
	"version-unknown": "The product has no such version.",
	withdrawn: "The version has been withdrawn.",
	platform: "The version is for other hardware.",
	key: "The version is signed with a key that was replaced.",
	"key-before": "The device takes the product's keys first, one after the other.",
	"platform-key":
		"The firmware has a former key of the platform, and can't check this: it needs a cable.",
	expired: "The version has expired.",
	floor: "The version is below the lowest that is allowed.",
	older: "The version is older than what the device has.",
	"roll-out-waits": "The release is being rolled out; this device's turn comes later.",
	"roll-out-halted": "The roll-out has stopped, because too many devices failed.",
});

/** Answers differ by up to a tenth, so that devices that started together part. */
const intervalSpread = 0.1;

/** A device asks no more often. */
const soonSeconds = 60;

/** What an answer depends on of the device that asks. */
type Asker = Pick<DeviceRow, "uuid" | "keyId" | "platform" | "tag" | "pin">;

/** Answers a query of which the database learns nothing. */
export async function updateUnchanged(
	{ core, time }: Exchange,
	device: Signer,
	query: UpdateQuery,
): Promise<Answer | undefined> {
	const { hardware = device.hardware } = query;
	if (hardware !== device.hardware || query.version !== device.version) return undefined;
	if (isOtherKey(device, query)) return undefined;
	const { product, changes } = device;
	const state = product ? await core.products.stateOf(core.database, product, changes) : undefined;
	return answerOf(device, query, state, time);
}

export async function update(request: DeviceRequest, query: UpdateQuery): Promise<Answer> {
	const { database, device, time } = request;
	if (!isVersion(query.version)) return refuse("request");
	await noteHardware(database, device, query, time);
	const { product } = device;
	const state = product === null ? undefined : await readState(database, product);
	const answer = answerOf(device, query, state, time);
	const isOther = device.version !== query.version || isOtherKey(device, query);
	if (answer.rule === undefined && isOther) {
		const platformKey = nameOf(query.platformKey) ?? null;
		await updateDevice(database, device.uuid, { version: query.version, platformKey });
	}
	return answer;
}

/** Firmware that doesn't name it may have another one. */
function isOtherKey(device: Pick<DeviceRow, "platformKey">, { platformKey }: UpdateQuery): boolean {
	return (nameOf(platformKey) ?? null) !== device.platformKey;
}

function nameOf(platformKey: Uint8Array | undefined): string | undefined {
	return platformKey && toHex(platformKey);
}

function answerOf(
	device: Asker,
	query: UpdateQuery,
	state: ProductState | undefined,
	time: number,
): Answer {
	if (state === undefined) return refuse("activate-before-update");
	const { product } = state;
	const { generation, version } = query;
	const stone = stoneFor(state, { version, generation, platformKey: nameOf(query.platformKey) });
	const keys = keysFor(state, stone);
	// One that was activated without hearing of it, or the other way round.
	const isOther = ![undefined, "", product.code].includes(query.product);
	const key = isOther ? undefined : keyAfter(keys, generation);
	const decision: UpdateDecision = isOther
		? { rule: "product-other" }
		: key !== undefined && key !== keys[0]
			? { rule: "key-before" }
			: decide(device, query, state, stone, time);
	const refusal = query.wanted === undefined ? undefined : refusalOf(decision.rule);
	if (refusal !== undefined) return refuse(refusal, { product: product.code });
	const answer: MessagePackMap = {
		rule: decision.rule,
		message: sentences[decision.rule],
		interval: decision.rule === "key-before" ? soonSeconds : intervalOf(device, product),
	};
	const { bundle } = decision;
	const offer = bundle && { bundle: bundle.id, version: bundle.version };
	const statement = key === undefined ? {} : { key: Uint8Array.from(key.statement) };
	return answerWith({ ...answer, ...offer, ...statement });
}

/**
 * The key that the device takes next, if there is one. What enough of a key set have signed is the
 * one that follows it, so a device that has missed some takes them one after the other.
 */
function keyAfter(keys: readonly ProductKeyRow[], generation: number): ProductKeyRow | undefined {
	const pinned = keys.find((key) => key.generation === generation);
	const later = keys.filter((key) => key.generation > generation);
	return pinned !== undefined && isKeySet(pinned.publicKey) ? later.at(-1) : later[0];
}

function decide(
	{ uuid, platform, tag, pin }: Asker,
	{ version, sequence, wanted }: UpdateQuery,
	{ product, keys, bundles, tags }: ProductState,
	stone: SteppingStoneRow | undefined,
	time: number,
): UpdateDecision {
	const { floor, production } = product;
	return decideUpdate({
		...{ time, bundles, tags, wanted, steppingStone: stone && steppingStoneOf(stone, bundles) },
		device: { uuid, platform, version, sequence, tag, pin },
		product: { isProduction: production === 1, floor, generation: keys[0]?.generation ?? 0 },
	});
}

/** Who asked for a version that can't be had did not ask whether there is something new. */
function refusalOf(rule: UpdateRule): Rule | undefined {
	switch (rule) {
		case "explicit":
		case "stepping-stone":
		case "up-to-date":
			return undefined;
		case "explicit-refused":
			return "version-not-chosen";
		case "version-unknown":
			return "version-unknown";
		default:
			return "version-not-offered";
	}
}

/** Each device its own part of the interval, always the same: its key's name is a digest. */
function intervalOf(device: Asker, product: ProductRow): number {
	const fraction = parseInt(device.keyId.slice(0, 8), 16) / 2 ** 32;
	return Math.round(product.updateInterval * (1 + intervalSpread * (2 * fraction - 1)));
}

export async function reportUpdate(request: DeviceRequest, report: UpdateReport): Promise<Answer> {
	const { database, device, time } = request;
	const bundle =
		(await findBundle(database, report.bundle)) ??
		(await findSteppingStoneBundle(database, report.bundle));
	// Of another product, or of before a restore: there is nothing to learn from it.
	if (bundle === undefined || bundle.product !== device.product) return noContent;
	const { status } = report;
	const percent = Math.min(report.percent, 100);
	const before = await findReport(database, bundle.id, device.uuid);
	const { id, round, version } = bundle;
	const row = { device: device.uuid, bundle: id, status, percent, reportedAt: time, round };
	await putReport(database, row);
	if (before?.status !== status) {
		if (before !== undefined) await countReport(database, id, before.status, -1);
		await countReport(database, id, status, 1);
	}
	// Polling may be off: nothing else says what the device runs now.
	if (outcomeOf(status) === "success" && device.version !== version) {
		await updateDevice(database, device.uuid, { version });
	}
	const outcomes = outcomesWith(bundle, before, status);
	if (outcomes.failures === bundle.failures && outcomes.successes === bundle.successes) {
		return noContent;
	}
	await setRollOut(database, id, outcomes);
	await haltIfDue(request, bundle, outcomes);
	return noContent;
}

/** The round's outcomes, once this device's last report of the round is replaced by another. */
function outcomesWith(
	bundle: BundleRow,
	before: UpdateReportRow | undefined,
	status: number,
): Outcomes {
	const last = before?.round === bundle.round ? outcomeOf(before.status) : undefined;
	const now = outcomeOf(status);
	const change = (outcome: "failure" | "success") =>
		Number(now === outcome) - Number(last === outcome);
	const { failures, successes } = bundle;
	return { failures: failures + change("failure"), successes: successes + change("success") };
}

async function haltIfDue(
	{ database, time }: DeviceRequest,
	{ id: bundle, product }: BundleRow,
	outcomes: Outcomes,
): Promise<void> {
	for (const row of await tagsOf(database, product)) {
		if (row.bundle !== bundle || row.haltedAt !== null) continue;
		if (!isHaltDue(outcomes, row.failurePercent)) continue;
		await haltTags(database, bundle, { haltedAt: time, haltedBy: "service" });
		await countChange(database);
		await appendAudit(database, time, {
			actor: "service",
			action: "bundle.halt",
			subject: "product:" + product,
			details: { tag: row.tag, bundle, ...outcomes },
		});
	}
}

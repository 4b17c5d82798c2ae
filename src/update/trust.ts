/**
 * Whose images a device runs: the keys it goes by, and what it asks of a statement. The service
 * only carries both; it has no say in them.
 */

import { asciiBytes, equal } from "../encoding/bytes.js";
import type { Crypto, System } from "../host.js";
import { isSignature } from "../protocol/key.js";
import { countSigners, isKeyOrSet, isKeySet, thresholdOf } from "../protocol/key-set.js";
import type { MessagePackMap } from "../protocol/message-pack.js";
import {
	decodeKeyStatement,
	decodeSignedStatement,
	decodeStatement,
	keyStatementContext,
	type SignedStatement,
	type Statement,
	statementContext,
} from "../protocol/update.js";
import { compareVersions, isVersion } from "../protocol/version.js";
import { productIn } from "./products.js";
import type { UpdateRecord } from "./record.js";
import { DfuError, DfuStatus } from "./status.js";

/**
 * Far more than any publisher takes at once. Who signs with a stolen key can't use the numbers up:
 * nothing would be higher, and the device would take no update any more.
 */
const generationStepMaximum = 1000;
/** A publisher may number by the time, in seconds since 1970: the first one is far from 0. */
const sequenceStepMaximum = 10_000_000_000;

/** What of a host it takes. */
interface TrustHost {
	readonly crypto: Pick<Crypto, "digest" | "sha256" | "verify">;
	readonly system: Pick<System, "platform" | "platformKey">;
}

/** The product key that the device goes by, as it lies in the record of updates. */
export interface Pin {
	readonly product: string;
	readonly generation: number;
	/** Or a key set, of which several have to sign. */
	readonly key: Uint8Array;
}

export function pinOf(fields: MessagePackMap): Pin | undefined {
	const { product, generation, key } = fields;
	if (typeof product !== "string" || typeof generation !== "number") return undefined;
	if (!(key instanceof Uint8Array) || !isKeyOrSet(key)) return undefined;
	return { product, generation, key };
}

/**
 * The fields with the key of a key statement for the product that the device is on, or as they are
 * when it is the one pinned. With a new generation sequence and floor begin anew: what the former
 * key has signed is refused from then on, however high its numbers were. A key set is followed by
 * what enough of it have signed too: neither one of its keys nor the platform's takes its place.
 * Throws a `DfuError`.
 */
export function withKey(
	host: TrustHost,
	fields: MessagePackMap,
	bytes: Uint8Array,
): MessagePackMap {
	const signed = decodeSignedStatement(bytes);
	const statement = signed && decodeKeyStatement(signed.body);
	if (!signed || !statement) throw new DfuError(DfuStatus.BadStatement);
	if (!isSignedBy(host, signed, keyStatementContext, host.system.platformKey)) {
		throw new DfuError(DfuStatus.ProductKeySignatureInvalid);
	}
	const product = productIn(fields) || statement.product;
	if (statement.platform !== host.system.platform) throw new DfuError(DfuStatus.WrongPlatform);
	if (statement.product !== product) throw new DfuError(DfuStatus.WrongProduct);
	const pin = pinOf(fields);
	const { generation, key } = statement;
	if (pin !== undefined && generation <= pin.generation) {
		if (generation < pin.generation || !equal(key, pin.key)) throw new DfuError(DfuStatus.OlderKey);
		return fields;
	}
	if (generation > (pin?.generation ?? 0) + generationStepMaximum) {
		throw new DfuError(DfuStatus.StepTooLarge);
	}
	if (pin !== undefined && isKeySet(pin.key)) {
		if (!isSignedBy(host, signed, keyStatementContext, pin.key)) {
			throw new DfuError(DfuStatus.TooFewSignatures);
		}
	}
	const now: MessagePackMap = { ...fields, product, generation, key: key.slice(), sequence: 0 };
	delete now.trial;
	delete now.refused;
	delete now.tried;
	delete now.floor;
	return now;
}

/** A statement, and which of its product's keys it is signed with. */
export interface TrustedStatement extends Statement {
	readonly generation: number;
}

/**
 * The statement, when the device may go by it at `time`, the service's, in seconds since 1970.
 * Throws a `DfuError`.
 */
export function statementIn(
	host: TrustHost,
	record: UpdateRecord,
	bytes: Uint8Array,
	time: number,
): TrustedStatement {
	const pin = pinOf(record.fields);
	if (pin === undefined) throw new DfuError(DfuStatus.NotActivated);
	const signed = decodeSignedStatement(bytes);
	if (signed === undefined) throw new DfuError(DfuStatus.BadStatement);
	if (!isSignedBy(host, signed, statementContext, pin.key)) {
		throw new DfuError(
			isKeySet(pin.key) ? DfuStatus.TooFewSignatures : DfuStatus.ApplicationSignatureInvalid,
		);
	}
	const statement = decodeStatement(signed.body);
	if (statement === undefined) throw new DfuError(DfuStatus.BadStatement);
	const trusted = { ...statement, generation: pin.generation };
	checkStatement(host, record, trusted, time);
	return trusted;
}

/** Throws a `DfuError` when the device may not go by it, or may not any more. */
export function checkStatement(
	host: Pick<TrustHost, "system">,
	record: UpdateRecord,
	statement: TrustedStatement,
	time: number,
): void {
	const fault = faultOf(host, record, statement, time);
	if (fault !== undefined) throw new DfuError(fault);
}

function faultOf(
	{ system }: Pick<TrustHost, "system">,
	record: UpdateRecord,
	statement: TrustedStatement,
	time: number,
): DfuStatus | undefined {
	const { expires = Infinity, floor, generation, sequence, version } = statement;
	const pin = pinOf(record.fields);
	if (statement.product !== pin?.product) return DfuStatus.WrongProduct;
	if (generation < pin.generation) return DfuStatus.OlderKey;
	if (statement.platform !== system.platform) return DfuStatus.WrongPlatform;
	if (time >= expires) return DfuStatus.Expired;
	if (sequence < record.sequence) return DfuStatus.OlderSequence;
	if (sequence > record.sequence + sequenceStepMaximum) return DfuStatus.StepTooLarge;
	const lowest = higherOf(floor, floorOf(record.fields));
	return compareVersions(version, lowest) < 0 ? DfuStatus.BelowFloor : undefined;
}

/** The lowest version that the device may still be given, as far as it has heard. */
export function floorOf(fields: MessagePackMap): string {
	const { floor } = fields;
	return typeof floor === "string" && isVersion(floor) ? floor : "0.0.0.0";
}

/** The floor of a device that has taken the statement. */
export function floorAfter(statement: Statement, fields: MessagePackMap): string {
	return higherOf(statement.floor, floorOf(fields));
}

export function higherOf(left: string, right: string): string {
	return compareVersions(left, right) > 0 ? left : right;
}

/** Whether the key has signed it, or as many of a key set as have to. */
function isSignedBy(
	{ crypto }: TrustHost,
	{ body, signature, several }: SignedStatement,
	context: string,
	key: Uint8Array,
): boolean {
	const digest = crypto.digest();
	digest.write(asciiBytes(context));
	digest.write(Uint8Array.of(0));
	digest.write(body);
	const signed = digest.close();
	const isRight = (signer: Uint8Array, one: Uint8Array) =>
		isSignature(one) && crypto.verify(signer, signed, one);
	if (!isKeyOrSet(key)) return false;
	if (!isKeySet(key)) return isRight(key, signature);
	return several !== undefined && countSigners(key, several, crypto, isRight) >= thresholdOf(key);
}

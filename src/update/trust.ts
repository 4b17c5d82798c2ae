/**
 * Whose images a device runs: the keys it goes by, and what it asks of a statement. The service
 * only carries both; it has no say in them.
 */

import { asciiBytes, equal } from "../encoding/bytes.js";
import type { Crypto, System } from "../host.js";
import { isSignature, publicKeyLength } from "../protocol/key.js";
import type { MessagePackMap } from "../protocol/message-pack.js";
import {
	decodeKeyStatement,
	decodeSignedStatement,
	decodeStatement,
	type KeyStatement,
	keyStatementContext,
	type SignedStatement,
	type Statement,
	statementContext,
} from "../protocol/update.js";
import { compareVersions, isVersion } from "../protocol/version.js";
import type { UpdateRecord } from "./record.js";
import { DfuError, DfuStatus } from "./status.js";

/** What of a host it takes. */
interface TrustHost {
	readonly crypto: Pick<Crypto, "digest" | "verify">;
	readonly system: Pick<System, "platform" | "platformKey">;
}

/** The product key that the device goes by, as it lies in the record of updates. */
export interface Pin {
	readonly product: string;
	readonly generation: number;
	readonly key: Uint8Array;
}

export function pinOf(fields: MessagePackMap): Pin | undefined {
	const { product, generation, key } = fields;
	if (typeof product !== "string" || typeof generation !== "number") return undefined;
	if (!(key instanceof Uint8Array) || key.length !== publicKeyLength) return undefined;
	return { product, generation, key };
}

/**
 * The fields with the key of a key statement, or as they are when it is the one pinned. `product`
 * is the one that the device was tied to; without it, the one pinned or, if none is, any. Another
 * product's updates are another story: nothing is left of the ones before. Throws a `DfuError`.
 */
export function withKey(
	host: TrustHost,
	record: UpdateRecord,
	product: string | undefined,
	bytes: Uint8Array,
): MessagePackMap {
	const pin = pinOf(record.fields);
	const statement = keyStatementIn(host, bytes);
	if (statement.platform !== host.system.platform) throw new DfuError(DfuStatus.WrongPlatform);
	const expected = product ?? pin?.product ?? statement.product;
	if (statement.product !== expected) throw new DfuError(DfuStatus.WrongProduct);
	const { generation, key } = statement;
	if (pin?.product !== expected) return { product: expected, generation, key };
	if (generation > pin.generation) return { ...record.fields, generation, key };
	if (generation < pin.generation || !equal(key, pin.key)) throw new DfuError(DfuStatus.OlderKey);
	return record.fields;
}

function keyStatementIn(host: TrustHost, bytes: Uint8Array): KeyStatement {
	const signed = decodeSignedStatement(bytes);
	const statement = signed && decodeKeyStatement(signed.body);
	if (!signed || !statement) throw new DfuError(DfuStatus.BadStatement);
	if (!isSignedBy(host, signed, keyStatementContext, host.system.platformKey)) {
		throw new DfuError(DfuStatus.ProductKeySignatureInvalid);
	}
	return statement;
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
		throw new DfuError(DfuStatus.ApplicationSignatureInvalid);
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
	const lowest = higherOf(floor, floorOf(record.fields));
	return compareVersions(version, lowest) < 0 ? DfuStatus.BelowFloor : undefined;
}

/** The lowest version that the device may still be given, as far as it has heard. */
export function floorOf(fields: MessagePackMap): string {
	const { floor } = fields;
	return typeof floor === "string" && isVersion(floor) ? floor : "0.0.0.0";
}

export function higherOf(left: string, right: string): string {
	return compareVersions(left, right) > 0 ? left : right;
}

function isSignedBy(
	{ crypto }: TrustHost,
	{ body, signature }: SignedStatement,
	context: string,
	key: Uint8Array,
): boolean {
	if (!isSignature(signature) || key.length !== publicKeyLength) return false;
	const digest = crypto.digest();
	digest.write(asciiBytes(context));
	digest.write(Uint8Array.of(0));
	digest.write(body);
	return crypto.verify(key, digest.close(), signature);
}

/** When a certificate is followed by the next, and what the next has to be. */

import { othersTurn } from "../background.js";
import { byteAt } from "../encoding/bytes.js";
import type { Host } from "../host.js";
import { isSignature, newPrivateKey } from "../protocol/key.js";
import { encodeMap } from "../protocol/message-pack.js";
import {
	decodeNextAuthority,
	decodeRenewalReply,
	nextAuthoritySigned,
	path,
} from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { nextLabel } from "../protocol/signature.js";
import { decodeSignedStatement } from "../protocol/update.js";
import { isValidAt, parseCertificate } from "./certificate.js";
import type { IdentityRecord } from "./identity-record.js";
import { withNext, withNextAsOwn } from "./lifecycle.js";
import { checkOwnCertificate } from "./own-certificate.js";
import type { Pairs } from "./pairs.js";
import type { Call, Relation, Service } from "./service.js";

const weekSeconds = 7 * 86_400;
/** A service that was restored meanwhile is asked for the same next key once more. */
const renewalsMaximum = 2;

/**
 * Whether it is to be renewed at `time`, in seconds since 1970: when two thirds of its life are
 * over, and a part of a further twelfth that differs from device to device, by a random byte of its
 * signature. Never within a week: a CA that ends soon gives short ones.
 */
export function isRenewalDue(certificate: Uint8Array, time: number): boolean {
	const parsed = parseCertificate(certificate);
	if (parsed === undefined) return false;
	const { notBefore, notAfter } = parsed;
	const part = 2 / 3 + byteAt(certificate, certificate.length - 1) / 256 / 12;
	return time >= notBefore + Math.max(weekSeconds, part * (notAfter - notBefore));
}

/** When the certificate ends, in seconds since 1970; 0 when it can't be read. */
export function endOf(certificate: Uint8Array | undefined): number {
	return (certificate && parseCertificate(certificate)?.notAfter) ?? 0;
}

/** What a renewal works with: parts of `Dms`, whose turn it is. */
interface Renewing {
	readonly host: Host;
	readonly service: Service;
	readonly record: IdentityRecord;
	readonly pairs: Pairs;
	readonly dms: {
		readonly isRenewalDue: boolean;
		relation(): Relation;
		callKnown(call: Call): Promise<Uint8Array>;
	};
}

/**
 * The next pair is in both copies before it is used, and the present one stays until that has
 * worked: whatever is lost, one of them is good. Rejects with a `DmsError`.
 */
export async function renew(renewing: Renewing): Promise<void> {
	const { service, record, pairs, dms } = renewing;
	if (record.known.next === undefined) {
		// Without an answer since the reset, the time is a guess.
		await service.meet(dms.relation());
		if (!dms.isRenewalDue) return;
	}
	for (let count = 0; count < renewalsMaximum; count++) {
		if (record.known.next === undefined || pairs.isNextDoubted) await takeNext(renewing);
		await dms.callKnown({ method: "PUT", path: path.provision });
		const { next } = record.known;
		if (next !== undefined && pairs.isNextUsed) {
			record.write(withNextAsOwn(record.known, next, service.time));
			record.mirror();
			return;
		}
	}
}

/** A next key that is held already is asked for again: the service may have taken it. */
async function takeNext({ host, service, record, pairs, dms }: Renewing): Promise<void> {
	const { crypto, system } = host;
	const { authority, next, uuid } = record.known;
	if (authority === undefined || uuid === undefined) throw new DmsError(DmsResult.NotProvisioned);
	const key = next?.key ?? newPrivateKey(crypto);
	const body = encodeMap({
		...{ key: crypto.publicKey(key), authority: crypto.sha256(authority) },
		version: system.version,
	});
	const second = { label: nextLabel, key };
	const bytes = await dms.callKnown({ method: "POST", path: path.renewal, body, second });
	const reply = decodeRenewalReply(bytes);
	if (reply === undefined) throw new DmsError(DmsResult.BadReply);
	const { time } = service;
	const { certificate } = reply;
	const following = await nextAuthority(host, reply.authority, authority, time);
	const issuer = following ?? authority;
	await checkOwnCertificate(host, { uuid, certificate }, { authority: issuer, key, time });
	// What is kept must not keep the whole answer in memory.
	const pair = { key, certificate: certificate.slice() };
	const taken = following === undefined ? pair : { ...pair, authority: following.slice() };
	record.write(withNext(record.known, taken, time));
	record.mirror();
	pairs.isNextDoubted = false;
}

/**
 * DER of the CA that follows `present`, which has signed that; `undefined` without a statement.
 * Nobody else's word is enough, the server's least of all. Rejects with `CertificateRefused`.
 */
async function nextAuthority(
	host: Host,
	statement: Uint8Array | undefined,
	present: Uint8Array,
	time: number,
): Promise<Uint8Array | undefined> {
	if (statement === undefined) return undefined;
	const { crypto } = host;
	const signed = decodeSignedStatement(statement);
	const issuer = parseCertificate(present);
	const following = signed && decodeNextAuthority(signed.body);
	const parsed = following && parseCertificate(following);
	await othersTurn(host);
	const isGood =
		signed !== undefined &&
		issuer !== undefined &&
		parsed !== undefined &&
		parsed.isAuthority &&
		isValidAt(parsed, time) &&
		isSignature(signed.signature) &&
		crypto.verify(
			issuer.publicKey,
			crypto.sha256(nextAuthoritySigned(signed.body)),
			signed.signature,
		);
	if (!isGood) throw new DmsError(DmsResult.CertificateRefused);
	return following;
}

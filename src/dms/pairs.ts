/** Which of two key pairs the device is known by while it renews. */

import type { Host } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { parseToken } from "../protocol/token.js";
import type { IdentityRecord } from "./identity-record.js";
import type { Identity } from "./lifecycle.js";
import type { Relation } from "./service.js";
import { timeFloor } from "./time.js";

export class Pairs {
	private readonly record: IdentityRecord;
	/** The service has not taken the next pair: the present one is used, which asks for it again. */
	isNextDoubted = false;

	constructor(record: IdentityRecord) {
		this.record = record;
	}

	/** The next pair is used as soon as both copies hold it. */
	get isNextUsed(): boolean {
		return this.record.known.next !== undefined && !this.isNextDoubted && !this.record.isHalf;
	}

	/** Who the device is at the moment. */
	get used(): Pick<Identity, "key" | "certificate" | "authority"> {
		const { known } = this.record;
		const { authority, next } = known;
		return this.isNextUsed && next !== undefined ? { authority, ...next } : known;
	}

	/**
	 * Who the device is to the service at `address`, and who that is to it: the CA that is known, or
	 * the one that the token names. Throws `NotProvisioned` or `TokenMistyped`.
	 */
	relation({ crypto, system }: Host, address: string): Relation {
		const { known } = this.record;
		const { authority, key } = this.used;
		if (key === undefined) throw new DmsError(DmsResult.NotProvisioned);
		const time = timeFloor(system, known);
		const fingerprint =
			authority === undefined
				? parseToken(known.token ?? "", crypto)?.fingerprint
				: crypto.sha256(authority);
		if (fingerprint === undefined) throw new DmsError(DmsResult.TokenMistyped);
		return { address, key, time, fingerprint, authority };
	}

	/** With two pairs at hand, the other one is tried when the service doesn't take this one. */
	isOtherToBeTried(error: unknown): boolean {
		const isTaken = !(error instanceof DmsError) || !isOfIdentity(error.result);
		if (isTaken || this.record.known.next === undefined) return false;
		this.isNextDoubted = this.isNextUsed;
		return true;
	}
}

/** Whether the other one of two pairs may fare better. */
function isOfIdentity(result: DmsResult): boolean {
	switch (result) {
		case DmsResult.DeviceUnknown:
		case DmsResult.UuidTaken:
		case DmsResult.HardwareOther:
		case DmsResult.KeyReplaced:
		// The next CA is asked for by its pair: a service that was restored may not have it.
		case DmsResult.WrongAuthority:
		case DmsResult.HelloForged:
		case DmsResult.NameMismatch:
		case DmsResult.CertificateExpired:
			return true;
		default:
			return false;
	}
}

/** The tables of what is revoked. */

import type { RevocationReason } from "../authority/revocation-list.js";

/** A certificate that others must not trust any more, until it has ended. */
export interface RevokedCertificateRow {
	/** Hexadecimal. */
	serial: string;
	/** Whose it was; the device may be deleted. */
	device: string;
	/** Fingerprint of the CA that issued it, hexadecimal; `null` for the first one. */
	authority: string | null;
	reason: RevocationReason;
	revokedAt: number;
	expiresAt: number;
}

/** The last revocation list of a CA. */
export interface RevocationListRow {
	/** The CA's fingerprint, hexadecimal. */
	authority: string;
	/** Counts up with each list. */
	number: number;
	/** DER. */
	list: Uint8Array;
	signedAt: number;
	expiresAt: number;
}

/** The device's own certificate, as the service sends it. */

import { othersTurn } from "../background.js";
import { equal } from "../encoding/bytes.js";
import type { Host } from "../host.js";
import type { ProvisionReply } from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { isIssuedBy, isValidAt, parseCertificate } from "./certificate.js";

/** What a certificate has to fit. */
interface Holder {
	/** DER of the CA. */
	readonly authority: Uint8Array;
	/** The device's private key. */
	readonly key: Uint8Array;
	/** Seconds since 1970. */
	readonly time: number;
}

/** Rejects with `CertificateRefused` when it isn't this device's, by its CA, and valid now. */
export async function checkOwnCertificate(
	host: Host,
	reply: ProvisionReply,
	holder: Holder,
): Promise<void> {
	const { crypto } = host;
	const authority = parseCertificate(holder.authority);
	const certificate = parseCertificate(reply.certificate);
	if (authority === undefined || certificate === undefined) return refuse();
	const isOurs =
		equal(certificate.publicKey, crypto.publicKey(holder.key)) &&
		certificate.commonName === reply.uuid &&
		!certificate.isAuthority &&
		isValidAt(certificate, holder.time);
	await othersTurn(host);
	if (!isOurs || !isIssuedBy(certificate, authority, crypto)) refuse();
}

function refuse(): never {
	throw new DmsError(DmsResult.CertificateRefused);
}

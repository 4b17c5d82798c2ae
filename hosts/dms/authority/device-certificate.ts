/** Reads a certificate that a device shows: is it one that this service's CA gave to a device? */

import { X509Certificate } from "node:crypto";
import { id_kp_clientAuth } from "@peculiar/asn1-x509";
import type { Authority } from "./authority.js";
import { publicPointOf } from "./credential.js";

export interface DeviceIdentity {
	/** 40 hexadecimal digits. */
	readonly uuid: string;
	/** An uncompressed point. */
	readonly publicKey: Uint8Array;
	/** Hexadecimal. */
	readonly serial: string;
	/** Seconds since 1970. */
	readonly issuedAt: number;
	/** Seconds since 1970. */
	readonly expiresAt: number;
}

/**
 * What the DER of a device certificate says; `undefined` unless this CA signed it for a device and
 * it is valid at `time`, in seconds since 1970.
 */
export function readDeviceCertificate(
	der: Uint8Array,
	authority: Authority,
	time: number,
): DeviceIdentity | undefined {
	const certificate = parse(der);
	const issuer = parse(authority.credential.certificate);
	if (certificate === undefined || issuer === undefined) return undefined;
	if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return undefined;
	const isForDevice = !certificate.ca && certificate.keyUsage?.join() === id_kp_clientAuth;
	const uuid = /^CN=([0-9a-f]{40})$/.exec(certificate.subject)?.[1];
	if (!isForDevice || uuid === undefined) return undefined;
	const issuedAt = Date.parse(certificate.validFrom) / 1000;
	const expiresAt = Date.parse(certificate.validTo) / 1000;
	if (time < issuedAt || time >= expiresAt) return undefined;
	const publicKey = publicPointOf(certificate.publicKey);
	const serial = certificate.serialNumber.toLowerCase();
	return { uuid, publicKey, serial, issuedAt, expiresAt };
}

/** Only DER, and nothing after it: Node would also read PEM. */
function parse(der: Uint8Array): X509Certificate | undefined {
	try {
		const certificate = new X509Certificate(der);
		return certificate.raw.equals(der) ? certificate : undefined;
	} catch {
		return undefined; // Not a certificate.
	}
}

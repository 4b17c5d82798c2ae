/** Reads a certificate that a device shows: is it one that this service's CA gave to a device? */

import { X509Certificate } from "node:crypto";
import { AsnConvert, type OctetString } from "@peculiar/asn1-schema";
import {
	Certificate,
	id_ce_authorityKeyIdentifier,
	id_ce_basicConstraints,
	id_ce_cRLDistributionPoints,
	id_ce_extKeyUsage,
	id_ce_keyUsage,
	id_ce_subjectKeyIdentifier,
	id_kp_clientAuth,
	KeyUsage,
	KeyUsageFlags,
	Version,
} from "@peculiar/asn1-x509";
import type { Authority } from "./authority.js";
import { ecdsaWithSha256 } from "./certificate.js";
import { publicPointOf } from "./credential.js";

const deviceExtensions: readonly string[] = Object.freeze([
	id_ce_basicConstraints + " critical",
	id_ce_keyUsage + " critical",
	id_ce_extKeyUsage,
	id_ce_subjectKeyIdentifier,
	id_ce_authorityKeyIdentifier,
]);

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
 * What the DER of a device certificate says; `undefined` unless this CA signed it for a device,
 * before `time`, in seconds since 1970. It may have ended.
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
	if (!isForDevice || uuid === undefined || !isOfOurKind(der)) return undefined;
	const issuedAt = Date.parse(certificate.validFrom) / 1000;
	const expiresAt = Date.parse(certificate.validTo) / 1000;
	// One that has ended is still the proof that this service gave it: a key has no end.
	if (time < issuedAt) return undefined;
	const publicKey = publicPointOf(certificate.publicKey);
	const serial = certificate.serialNumber.toLowerCase();
	return { uuid, publicKey, serial, issuedAt, expiresAt };
}

/** Version, algorithm and extensions just as `signCertificate` writes them. */
function isOfOurKind(der: Uint8Array): boolean {
	const { tbsCertificate, signatureAlgorithm } = AsnConvert.parse(der, Certificate);
	const { version, signature, extensions = [] } = tbsCertificate;
	const algorithms = [signature.algorithm, signatureAlgorithm.algorithm];
	if (version !== Version.v3 || algorithms.some((name) => name !== ecdsaWithSha256)) return false;
	const held = extensions.map(({ extnID, critical }) => extnID + (critical ? " critical" : ""));
	// Where the revocation list is comes last, if the service has said so.
	if (held.at(-1) === id_ce_cRLDistributionPoints) held.pop();
	if (held.join() !== deviceExtensions.join()) return false;
	const usage = extensions.find(({ extnID }) => extnID === id_ce_keyUsage)?.extnValue;
	return usage !== undefined && usageOf(usage) === KeyUsageFlags.digitalSignature;
}

function usageOf(value: OctetString): number {
	return AsnConvert.parse(value.buffer, KeyUsage).toNumber();
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

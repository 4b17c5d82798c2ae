/** Certificate revocation lists (CRL) of a P-256 key: RFC 5280 section 5. */

import { type KeyObject, sign } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
	AlgorithmIdentifier,
	AuthorityKeyIdentifier,
	CertificateList,
	CRLNumber,
	CRLReason,
	CRLReasons,
	id_ce_authorityKeyIdentifier,
	id_ce_cRLNumber,
	id_ce_cRLReasons,
	KeyIdentifier,
	RevokedCertificate,
	TBSCertList,
	Time,
	Version,
} from "@peculiar/asn1-x509";
import { arrayBuffer, ecdsaWithSha256, extension, keyIdentifier, nameOf } from "./certificate.js";

/** Why a certificate is no longer good, as RFC 5280 names it. */
export const revocationReasons = Object.freeze({
	unspecified: CRLReasons.unspecified,
	keyCompromise: CRLReasons.keyCompromise,
	superseded: CRLReasons.superseded,
	cessationOfOperation: CRLReasons.cessationOfOperation,
} as const);

export type RevocationReason = keyof typeof revocationReasons;

export interface RevokedSerial {
	/** Hexadecimal. */
	readonly serial: string;
	readonly reason: RevocationReason;
	/** Seconds since 1970. */
	readonly revokedAt: number;
}

export interface RevocationListContent {
	/** The issuer's common name and public key. */
	readonly issuer: { readonly name: string; readonly publicKey: Uint8Array };
	/** Higher than that of each list before. */
	readonly number: number;
	/** Seconds since 1970. */
	readonly thisUpdate: number;
	/** Seconds since 1970: there is a newer list by then. */
	readonly nextUpdate: number;
	readonly revoked: readonly RevokedSerial[];
}

/** Signs a list with the issuer's private key. Returns its DER. */
export function signRevocationList(
	content: RevocationListContent,
	issuerKey: KeyObject,
): Uint8Array {
	const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
	const { name, publicKey } = content.issuer;
	const issuers = new KeyIdentifier(keyIdentifier(publicKey));
	const tbsCertList = new TBSCertList({
		version: Version.v2,
		signature: algorithm,
		issuer: nameOf(name),
		thisUpdate: timeOf(content.thisUpdate),
		nextUpdate: timeOf(content.nextUpdate),
		// A list of none is left out: RFC 5280 allows no empty one.
		...(content.revoked.length > 0 && { revokedCertificates: content.revoked.map(entryOf) }),
		crlExtensions: [
			extension(
				id_ce_authorityKeyIdentifier,
				false,
				new AuthorityKeyIdentifier({ keyIdentifier: issuers }),
			),
			extension(id_ce_cRLNumber, false, new CRLNumber(content.number)),
		],
	});
	const signed = new Uint8Array(AsnConvert.serialize(tbsCertList));
	const list = new CertificateList({
		tbsCertList,
		signatureAlgorithm: algorithm,
		signature: arrayBuffer(sign("sha256", signed, issuerKey)),
	});
	return new Uint8Array(AsnConvert.serialize(list));
}

function entryOf({ serial, reason, revokedAt }: RevokedSerial): RevokedCertificate {
	const code = revocationReasons[reason];
	return new RevokedCertificate({
		userCertificate: arrayBuffer(Buffer.from(serial, "hex")),
		revocationDate: timeOf(revokedAt),
		// `unspecified` is said by saying nothing.
		...(code !== CRLReasons.unspecified && {
			crlEntryExtensions: [extension(id_ce_cRLReasons, false, new CRLReason(code))],
		}),
	});
}

function timeOf(seconds: number): Time {
	return new Time(new Date(seconds * 1000));
}

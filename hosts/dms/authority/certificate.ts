/** X.509 v3 certificates of P-256 keys, signed by a P-256 key: RFC 5280 and RFC 5480. */

import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
	AlgorithmIdentifier,
	AttributeTypeAndValue,
	AttributeValue,
	AuthorityKeyIdentifier,
	BasicConstraints,
	Certificate,
	CRLDistributionPoints,
	DistributionPoint,
	DistributionPointName,
	ExtendedKeyUsage,
	Extension,
	Extensions,
	GeneralName,
	id_ce_authorityKeyIdentifier,
	id_ce_basicConstraints,
	id_ce_cRLDistributionPoints,
	id_ce_extKeyUsage,
	id_ce_keyUsage,
	id_ce_subjectAltName,
	id_ce_subjectKeyIdentifier,
	KeyIdentifier,
	KeyUsage,
	type KeyUsageFlags,
	Name,
	RelativeDistinguishedName,
	SubjectAlternativeName,
	SubjectKeyIdentifier,
	SubjectPublicKeyInfo,
	TBSCertificate,
	Validity,
	Version,
} from "@peculiar/asn1-x509";
import { publicKeyInfo } from "../../../src/protocol/key.js";

/** What a certificate says, besides its serial. */
export interface CertificateContent {
	/** The subject's common name. */
	readonly subject: string;
	/** The issuer's common name and public key; its own for a CA. */
	readonly issuer: { readonly name: string; readonly publicKey: Uint8Array };
	/** An uncompressed point. */
	readonly publicKey: Uint8Array;
	/** Seconds since 1970. */
	readonly notBefore: number;
	/** Seconds since 1970. */
	readonly notAfter: number;
	readonly isAuthority: boolean;
	readonly usage: KeyUsageFlags;
	/** Object identifiers of extended key usages. */
	readonly purposes?: readonly string[];
	/** DNS names and IP addresses. */
	readonly alternativeNames?: readonly string[];
	/** Where the issuer's revocation list is: a URL. */
	readonly revocationList?: string | undefined;
}

export interface SignedCertificate {
	/** DER. */
	readonly certificate: Uint8Array;
	/** Hexadecimal. */
	readonly serial: string;
}

const commonName = "2.5.4.3";
export const ecdsaWithSha256 = "1.2.840.10045.4.3.2";
/** 127 random bits behind a zero bit: positive, unique, and within the 20 bytes of RFC 5280. */
const serialLength = 16;

/** Signs a certificate with the issuer's private key. */
export function signCertificate(
	content: CertificateContent,
	issuerKey: KeyObject,
): SignedCertificate {
	const serial = randomSerial();
	const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
	const tbsCertificate = new TBSCertificate({
		version: Version.v3,
		serialNumber: arrayBuffer(serial),
		signature: algorithm,
		issuer: nameOf(content.issuer.name),
		validity: new Validity({
			notBefore: new Date(content.notBefore * 1000),
			notAfter: new Date(content.notAfter * 1000),
		}),
		subject: nameOf(content.subject),
		subjectPublicKeyInfo: AsnConvert.parse(publicKeyInfo(content.publicKey), SubjectPublicKeyInfo),
		extensions: new Extensions(extensionsOf(content)),
	});
	const signature = sign("sha256", new Uint8Array(AsnConvert.serialize(tbsCertificate)), issuerKey);
	const certificate = new Certificate({
		tbsCertificate,
		signatureAlgorithm: algorithm,
		signatureValue: arrayBuffer(signature),
	});
	return {
		certificate: new Uint8Array(AsnConvert.serialize(certificate)),
		serial: serial.toString("hex"),
	};
}

function extensionsOf(content: CertificateContent): Extension[] {
	const constraints = content.isAuthority ? { cA: true, pathLenConstraint: 0 } : { cA: false };
	const extensions = [
		extension(id_ce_basicConstraints, true, new BasicConstraints(constraints)),
		extension(id_ce_keyUsage, true, new KeyUsage(content.usage)),
	];
	const { purposes = [], alternativeNames = [], revocationList } = content;
	if (purposes.length > 0) {
		extensions.push(extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([...purposes])));
	}
	if (alternativeNames.length > 0) {
		const names = new SubjectAlternativeName(alternativeNames.map(generalName));
		extensions.push(extension(id_ce_subjectAltName, false, names));
	}
	const own = new SubjectKeyIdentifier(keyIdentifier(content.publicKey));
	extensions.push(extension(id_ce_subjectKeyIdentifier, false, own));
	// RFC 5280 lets a root do without; Moddable's TLS finds the root by it.
	const keyIdentifierOfIssuer = new KeyIdentifier(keyIdentifier(content.issuer.publicKey));
	const issuers = new AuthorityKeyIdentifier({ keyIdentifier: keyIdentifierOfIssuer });
	extensions.push(extension(id_ce_authorityKeyIdentifier, false, issuers));
	if (revocationList !== undefined) extensions.push(distributionPoint(revocationList));
	return extensions;
}

function distributionPoint(url: string): Extension {
	const fullName = [new GeneralName({ uniformResourceIdentifier: url })];
	const distributionPoint = new DistributionPointName({ fullName });
	const points = new CRLDistributionPoints([new DistributionPoint({ distributionPoint })]);
	return extension(id_ce_cRLDistributionPoints, false, points);
}

export function extension(extnID: string, critical: boolean, value: object): Extension {
	const extnValue = new OctetString(AsnConvert.serialize(value));
	return new Extension({ extnID, critical, extnValue });
}

function generalName(name: string): GeneralName {
	return new GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name });
}

export function nameOf(text: string): Name {
	const value = new AttributeValue({ utf8String: text });
	const attribute = new AttributeTypeAndValue({ type: commonName, value });
	return new Name([new RelativeDistinguishedName([attribute])]);
}

/** Method 1 of RFC 5280 section 4.2.1.2: SHA-1 as a name, not as protection. */
export function keyIdentifier(publicKey: Uint8Array): ArrayBuffer {
	return arrayBuffer(createHash("sha1").update(publicKey).digest());
}

/** The first byte is from 0x40 to 0x7f: never negative, never with a zero that DER leaves out. */
function randomSerial(): Buffer {
	const serial = randomBytes(serialLength);
	serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
	return serial;
}

export function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
	return Uint8Array.from(bytes).buffer;
}

/** X.509 certificates (RFC 5280) as our CA issues them: ECDSA with P-256 and SHA-256 throughout. */

import { byteAt, equal, toHex } from "../encoding/bytes.js";
import { DerError, DerReader, Tag } from "../encoding/der.js";
import { utf8Decode } from "../encoding/utf8.js";
import type { Crypto } from "../host.js";
import {
	isSignature,
	publicKeyInfo,
	publicKeyLength,
	signatureLength,
	uncompressedPoint,
} from "../protocol/key.js";

/** Byte strings are views of the certificate's own bytes. */
export interface Certificate {
	/** What is signed: the DER of the TBSCertificate. */
	readonly signed: Uint8Array;
	/** r and s, as everywhere in the protocol. */
	readonly signature: Uint8Array;
	/** DER of the names. */
	readonly issuer: Uint8Array;
	readonly subject: Uint8Array;
	readonly commonName: string;
	/** Seconds since 1970, both inclusive. */
	readonly notBefore: number;
	readonly notAfter: number;
	readonly publicKey: Uint8Array;
	readonly isAuthority: boolean;
	/** The extended key usage serverAuth is among its usages. */
	readonly isServer: boolean;
	/** DNS names and IPv4 addresses of the subject alternative name, as text. */
	readonly names: readonly string[];
}

// Contents of object identifiers, in hexadecimal.
const ecdsaWithSha256Id = "2a8648ce3d040302";
const commonNameId = "550403";
const basicConstraintsId = "551d13";
const subjectAlternativeNameId = "551d11";
const extendedKeyUsageId = "551d25";
const serverAuthId = "2b06010505070301";

/** Context-specific tags in a subject alternative name: dNSName and iPAddress. */
const dnsNameTag = 0x82;
const ipAddressTag = 0x87;
/** A certificate of ours has a few names; more are not read. */
const namesMaximum = 16;

/** Reads a certificate; `undefined` when it isn't one of the kind that our CA issues. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
	try {
		return readCertificate(der);
	} catch (error) {
		if (error instanceof DerError) return undefined;
		throw error;
	}
}

/** Whether `certificate` bears the signature of `authority`, and that is a CA by that name. */
export function isIssuedBy(
	certificate: Certificate,
	authority: Certificate,
	crypto: Crypto,
): boolean {
	return (
		authority.isAuthority &&
		equal(certificate.issuer, authority.subject) &&
		isSignature(certificate.signature) &&
		crypto.verify(authority.publicKey, crypto.sha256(certificate.signed), certificate.signature)
	);
}

export function isValidAt(certificate: Certificate, seconds: number): boolean {
	return certificate.notBefore <= seconds && seconds <= certificate.notAfter;
}

function readCertificate(der: Uint8Array): Certificate {
	const outer = new DerReader(der);
	const certificate = outer.enter(Tag.Sequence);
	const signed = certificate.whole(Tag.Sequence);
	expectEcdsaWithSha256(certificate);
	const bits = certificate.content(Tag.BitString);
	if (bits[0] !== 0) throw new DerError("a signature of odd bits");
	const signature = readSignature(new DerReader(bits, 1));
	if (!outer.isAtEnd || !certificate.isAtEnd) throw new DerError("something behind");
	const body = new DerReader(signed).enter(Tag.Sequence);
	body.content(Tag.Context0); // The version: extensions exist in version 3 only.
	body.content(Tag.Integer); // The serial.
	expectEcdsaWithSha256(body);
	const issuer = body.whole(Tag.Sequence);
	const validity = body.enter(Tag.Sequence);
	const notBefore = readTime(validity);
	const notAfter = readTime(validity);
	const subject = body.whole(Tag.Sequence);
	const publicKey = readPublicKey(body.whole(Tag.Sequence));
	const commonName = readCommonName(subject);
	return {
		signed,
		signature,
		issuer,
		subject,
		commonName,
		notBefore,
		notAfter,
		publicKey,
		...readExtensions(body.enter(Tag.Context3).enter(Tag.Sequence)),
	};
}

function expectEcdsaWithSha256(reader: DerReader): void {
	if (readIdentifier(reader.enter(Tag.Sequence)) !== ecdsaWithSha256Id) {
		throw new DerError("another algorithm");
	}
}

function readIdentifier(reader: DerReader): string {
	return toHex(reader.content(Tag.ObjectIdentifier));
}

/** r and s of a DER Ecdsa-Sig-Value as everywhere in the protocol, or `undefined`. */
export function signatureOf(der: Uint8Array): Uint8Array | undefined {
	try {
		return readSignature(new DerReader(der));
	} catch (error) {
		if (error instanceof DerError) return undefined;
		throw error;
	}
}

/** A DER Ecdsa-Sig-Value, and nothing behind; each number is padded to 32 bytes. */
function readSignature(reader: DerReader): Uint8Array {
	const numbers = reader.enter(Tag.Sequence);
	const signature = new Uint8Array(signatureLength);
	const half = signatureLength / 2;
	for (let end = half; end <= signatureLength; end += half) {
		let number = numbers.content(Tag.Integer);
		if (number[0] === 0) number = number.subarray(1);
		if (number.length > half) throw new DerError("a signature too long");
		signature.set(number, end - number.length);
	}
	if (!numbers.isAtEnd || !reader.isAtEnd) throw new DerError("something behind");
	return signature;
}

function readPublicKey(info: Uint8Array): Uint8Array {
	const point = info.subarray(info.length - publicKeyLength);
	if (point[0] !== uncompressedPoint || !equal(publicKeyInfo(point), info)) {
		throw new DerError("no key of P-256");
	}
	return point;
}

/** The common name among the parts of a name, or nothing. */
function readCommonName(name: Uint8Array): string {
	const parts = new DerReader(name).enter(Tag.Sequence);
	while (!parts.isAtEnd) {
		const attribute = parts.enter(Tag.Set).enter(Tag.Sequence);
		const isCommonName = readIdentifier(attribute) === commonNameId;
		const { tag } = attribute;
		const value = attribute.content();
		const isText = tag === Tag.Utf8String || tag === Tag.PrintableString;
		if (isCommonName && isText) return utf8Decode(value);
	}
	return "";
}

interface Extensions {
	readonly isAuthority: boolean;
	readonly isServer: boolean;
	readonly names: readonly string[];
}

function readExtensions(list: DerReader): Extensions {
	let isAuthority = false;
	let isServer = false;
	let names: string[] = [];
	while (!list.isAtEnd) {
		const extension = list.enter(Tag.Sequence);
		const identifier = readIdentifier(extension);
		if (extension.tag === Tag.Boolean) extension.content();
		const value = extension.enter(Tag.OctetString);
		switch (identifier) {
			case basicConstraintsId: {
				const constraints = value.enter(Tag.Sequence);
				isAuthority = constraints.tag === Tag.Boolean && constraints.content()[0] === 0xff;
				break;
			}
			case extendedKeyUsageId:
				isServer = hasServerAuth(value.enter(Tag.Sequence));
				break;
			case subjectAlternativeNameId:
				names = readNames(value.enter(Tag.Sequence));
				break;
			default:
				break;
		}
	}
	return { isAuthority, isServer, names };
}

function hasServerAuth(usages: DerReader): boolean {
	while (!usages.isAtEnd) {
		if (readIdentifier(usages) === serverAuthId) return true;
	}
	return false;
}

function readNames(list: DerReader): string[] {
	const names: string[] = [];
	while (!list.isAtEnd && names.length < namesMaximum) {
		const { tag } = list;
		const value = list.content();
		if (tag === dnsNameTag) names.push(utf8Decode(value).toLowerCase());
		if (tag === ipAddressTag) names.push(Array.from(value).join("."));
	}
	return names;
}

/** Seconds since 1970 of a UTCTime (YYMMDDHHMMSSZ) or GeneralizedTime (YYYYMMDDHHMMSSZ). */
function readTime(reader: DerReader): number {
	const isShort = reader.tag === Tag.UtcTime;
	const yearDigits = isShort ? 2 : 4;
	const time = reader.content(isShort ? Tag.UtcTime : Tag.GeneralizedTime);
	if (time.length !== yearDigits + 11) throw new DerError("no such time");
	const year = numberAt(time, 0, yearDigits);
	const century = !isShort ? 0 : year < 50 ? 2000 : 1900;
	const part = (index: number): number => numberAt(time, yearDigits + 2 * index, 2);
	return Date.UTC(century + year, part(0) - 1, part(1), part(2), part(3), part(4)) / 1000;
}

/** A number of so many decimal digits. */
function numberAt(text: Uint8Array, offset: number, digits: number): number {
	let number = 0;
	for (let index = offset; index < offset + digits; index++) {
		const digit = byteAt(text, index) - 0x30;
		if (digit < 0 || digit > 9) throw new DerError("no digit");
		number = 10 * number + digit;
	}
	return number;
}

/** X.509 certificates (RFC 5280) as our CA issues them: ECDSA with P-256 and SHA-256 throughout. */

import { byteAt, equal, toHex } from "../encoding/bytes.js";
import { type Element, readElements, readInside, Tag } from "../encoding/der.js";
import { utf8Decode } from "../encoding/utf8.js";
import type { Crypto } from "../host.js";
import {
	isSignature,
	publicKeyInfo,
	publicKeyLength,
	signatureLength,
	uncompressedPoint,
} from "../protocol/key.js";

export interface Certificate {
	/** What is signed: the DER of the TBSCertificate. */
	readonly signed: Uint8Array;
	/** r and s, as everywhere in the protocol. */
	readonly signature: Uint8Array;
	/** DER of the names. */
	readonly issuer: Uint8Array;
	readonly subject: Uint8Array;
	readonly commonName: string | undefined;
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

/** Contents of object identifiers, in hexadecimal. */
const oid = Object.freeze({
	ecdsaWithSha256: "2a8648ce3d040302",
	commonName: "550403",
	basicConstraints: "551d13",
	subjectAlternativeName: "551d11",
	extendedKeyUsage: "551d25",
	serverAuth: "2b06010505070301",
});

/** Context-specific tags in a subject alternative name: dNSName and iPAddress. */
const dnsNameTag = 0x82;
const ipAddressTag = 0x87;

/** Reads a certificate; `undefined` when it isn't one of the kind that our CA issues. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
	const [body, algorithm, signatureBits] = readInside(der, Tag.Sequence) ?? [];
	if (!body || !algorithm || !signatureBits || !isEcdsaWithSha256(algorithm)) return undefined;
	const signature = readSignature(signatureBits);
	const fields = readInside(body.whole, Tag.Sequence);
	if (signature === undefined || fields === undefined || fields.length < 8) return undefined;
	const [version, , innerAlgorithm, issuer, validity, subject, keyInfo] = fields;
	if (version?.tag !== Tag.Context0 || !innerAlgorithm || !isEcdsaWithSha256(innerAlgorithm)) {
		return undefined;
	}
	if (!issuer || !validity || !subject || !keyInfo) return undefined;
	const [notBefore, notAfter] = (readElements(validity.content) ?? []).map(readTime);
	const publicKey = readPublicKey(keyInfo.whole);
	const extensions = readExtensions(fields.find((field) => field.tag === Tag.Context3));
	if (notBefore === undefined || notAfter === undefined) return undefined;
	if (publicKey === undefined || extensions === undefined) return undefined;
	return {
		signed: body.whole,
		signature,
		issuer: issuer.whole,
		subject: subject.whole,
		commonName: readCommonName(subject.content),
		notBefore,
		notAfter,
		publicKey,
		...extensions,
	};
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

function isEcdsaWithSha256(algorithm: Element): boolean {
	const [identifier] = readElements(algorithm.content) ?? [];
	return identifier !== undefined && toHex(identifier.content) === oid.ecdsaWithSha256;
}

/** r and s of a DER Ecdsa-Sig-Value in a bit string, each padded to 32 bytes. */
function readSignature(bits: Element): Uint8Array | undefined {
	if (bits.tag !== Tag.BitString || bits.content[0] !== 0) return undefined;
	const numbers = readInside(bits.content.subarray(1), Tag.Sequence);
	if (numbers?.length !== 2) return undefined;
	const signature = new Uint8Array(signatureLength);
	for (const [index, number] of numbers.entries()) {
		const magnitude = number.content[0] === 0 ? number.content.subarray(1) : number.content;
		if (number.tag !== Tag.Integer || magnitude.length > 32) return undefined;
		signature.set(magnitude, 32 * (index + 1) - magnitude.length);
	}
	return signature;
}

function readPublicKey(info: Uint8Array): Uint8Array | undefined {
	const point = info.subarray(info.length - publicKeyLength);
	return equal(publicKeyInfo(point), info) && point[0] === uncompressedPoint ? point : undefined;
}

function readCommonName(name: Uint8Array): string | undefined {
	for (const set of readElements(name) ?? []) {
		const [type, value] =
			readInside(readElements(set.content)?.[0]?.whole ?? set.content, Tag.Sequence) ?? [];
		const isText = value?.tag === Tag.Utf8String || value?.tag === Tag.PrintableString;
		if (type && value && isText && toHex(type.content) === oid.commonName) {
			return utf8Decode(value.content);
		}
	}
	return undefined;
}

interface Extensions {
	readonly isAuthority: boolean;
	readonly isServer: boolean;
	readonly names: readonly string[];
}

function readExtensions(field: Element | undefined): Extensions | undefined {
	const list = field && readInside(field.content, Tag.Sequence);
	if (list === undefined) return undefined;
	let isAuthority = false;
	let isServer = false;
	let names: string[] = [];
	for (const extension of list) {
		const parts = readElements(extension.content) ?? [];
		const [identifier] = parts;
		const value = parts[parts.length - 1]?.content;
		if (identifier === undefined || value === undefined) return undefined;
		const contents = readInside(value, Tag.Sequence) ?? [];
		switch (toHex(identifier.content)) {
			case oid.basicConstraints:
				isAuthority = contents[0]?.tag === Tag.Boolean && contents[0].content[0] === 0xff;
				break;
			case oid.extendedKeyUsage:
				isServer = contents.some((usage) => toHex(usage.content) === oid.serverAuth);
				break;
			case oid.subjectAlternativeName:
				names = contents.map(readName);
				break;
			default:
				break;
		}
	}
	return { isAuthority, isServer, names };
}

function readName(name: Element): string {
	if (name.tag === dnsNameTag) return utf8Decode(name.content).toLowerCase();
	if (name.tag === ipAddressTag) return Array.from(name.content).join(".");
	return "";
}

/** Seconds since 1970 of a UTCTime (YYMMDDHHMMSSZ) or GeneralizedTime (YYYYMMDDHHMMSSZ). */
function readTime(time: Element): number | undefined {
	const yearDigits = time.tag === Tag.UtcTime ? 2 : time.tag === Tag.GeneralizedTime ? 4 : 0;
	const length = yearDigits + 11;
	if (yearDigits === 0 || time.content.length !== length) return undefined;
	const digits = time.content.subarray(0, length - 1);
	if (!digits.every((digit) => digit >= 0x30 && digit <= 0x39)) return undefined;
	const numbers: number[] = [];
	for (let offset = yearDigits; offset < length - 1; offset += 2) {
		numbers.push(10 * (byteAt(digits, offset) - 0x30) + byteAt(digits, offset + 1) - 0x30);
	}
	let year = 0;
	for (const digit of digits.subarray(0, yearDigits)) year = 10 * year + digit - 0x30;
	if (yearDigits === 2) year += year < 50 ? 2000 : 1900;
	const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
	return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/** The service's own certificate authority: whom devices trust, and who says which one is which. */

import { createHash, type KeyObject, sign, X509Certificate } from "node:crypto";
import { id_kp_clientAuth, id_kp_serverAuth, KeyUsageFlags } from "@peculiar/asn1-x509";
import { toHex } from "../../../src/encoding/bytes.js";
import { OperatorError } from "../operator-error.js";
import { encodeMap } from "../../../src/protocol/message-pack.js";
import { nextAuthoritySigned } from "../../../src/protocol/messages.js";
import { type SignedCertificate, signCertificate } from "./certificate.js";
import { createPrivateKeyP256, type Credential, publicPointOf } from "./credential.js";
import { type RevocationListContent, signRevocationList } from "./revocation-list.js";

const secondsPerDay = 86_400;
/** A device pins its CA for life; made now, its dates still fit UTCTime (before 2050). */
const authorityDays = 20 * 365;
/** The longest life that TLS clients accept; when about a third of it is left, it is renewed. */
const deviceDays = 397;
const serverDays = 397;
/** Clocks differ: a certificate is good from an hour before it was made. */
const backdatingSeconds = 3_600;

const authorityName = "opendms CA";

export interface DeviceCertificate extends SignedCertificate {
	/** Seconds since 1970. */
	readonly expiresAt: number;
}

export interface Authority {
	/** The CA's own key and certificate. */
	readonly credential: Credential;
	/** Without it, nothing below can be signed: see `keylessAuthority`. */
	readonly hasKey: boolean;
	/** SHA-256 of the certificate's DER: what every provisioning token pins. */
	readonly fingerprint: Uint8Array;
	/** From when and until when it is valid, in seconds since 1970. */
	readonly notBefore: number;
	readonly notAfter: number;
	/**
	 * A certificate that says: this public key is this device. `time` is in seconds since 1970,
	 * `revocationList` the URL at which others find whether it is still good.
	 */
	issueDeviceCertificate(
		uuid: string,
		publicKey: Uint8Array,
		time: number,
		revocationList?: string,
	): DeviceCertificate;
	/** A revocation list in DER. */
	signRevocationList(content: Omit<RevocationListContent, "issuer">): Uint8Array;
	/** A new key, and a certificate that lets it serve under these DNS names and IP addresses. */
	issueServerCredential(names: readonly string[], time: number): Credential;
	/** Another certificate for a server's key, under the same names. */
	certifyServer(privateKey: KeyObject, names: readonly string[], time: number): Credential;
	/** The signed statement that `next` is the CA after this one: see PROTOCOL.md. */
	stateNext(next: Uint8Array): Uint8Array;
}

/** A new CA, with a new key. */
export function createAuthority(time: number): Authority {
	const privateKey = createPrivateKeyP256();
	const publicKey = publicPointOf(privateKey);
	const { certificate } = signCertificate(
		{
			subject: authorityName,
			issuer: { name: authorityName, publicKey },
			publicKey,
			notBefore: time - backdatingSeconds,
			notAfter: time + authorityDays * secondsPerDay,
			isAuthority: true,
			usage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
		},
		privateKey,
	);
	return authorityOf({ certificate, privateKey });
}

/** The CA of a key and certificate that `createAuthority` made. */
export function authorityOf(credential: Credential): Authority {
	const { certificate, privateKey } = credential;
	const facts = factsOf(certificate);
	const { notAfter } = facts;
	const issuer: Issuer = { privateKey, publicKey: publicPointOf(privateKey), notAfter };
	return Object.freeze({
		...{ credential, hasKey: true, ...facts },
		issueDeviceCertificate: (uuid, publicKey, time, revocationList) =>
			issueDeviceCertificate(issuer, uuid, publicKey, time, revocationList),
		signRevocationList: (content) =>
			signRevocationList(
				{ ...content, issuer: { name: authorityName, publicKey: issuer.publicKey } },
				privateKey,
			),
		issueServerCredential: (names, time) =>
			certifyServer(issuer, createPrivateKeyP256(), names, time),
		certifyServer: (key, names, time) => certifyServer(issuer, key, names, time),
		stateNext: (next) => stateNext(privateKey, next),
	} satisfies Authority);
}

/** A CA that is retired, and whose key isn't there any more: it can be named, and signs nothing. */
export function keylessAuthority(certificate: Uint8Array): Authority {
	const facts = factsOf(certificate);
	const name = toHex(facts.fingerprint).slice(0, 16);
	const refuse = (): never => {
		throw new OperatorError("authority", `The key of the retired CA ${name} isn't there any more.`);
	};
	const credential: Credential = {
		certificate,
		get privateKey() {
			return refuse();
		},
	};
	return Object.freeze({
		...{ credential, hasKey: false, ...facts },
		...{ issueDeviceCertificate: refuse, signRevocationList: refuse, stateNext: refuse },
		...{ issueServerCredential: refuse, certifyServer: refuse },
	} satisfies Authority);
}

function factsOf(
	certificate: Uint8Array,
): Pick<Authority, "fingerprint" | "notBefore" | "notAfter"> {
	const { validFrom, validTo } = new X509Certificate(certificate);
	return {
		notBefore: Date.parse(validFrom) / 1000,
		notAfter: Date.parse(validTo) / 1000,
		fingerprint: Uint8Array.from(createHash("sha256").update(certificate).digest()),
	};
}

/** Whether devices can trust what this CA has signed: outside its life they don't. */
export function isValidAt({ notBefore, notAfter }: Authority, time: number): boolean {
	return time >= notBefore && time < notAfter;
}

interface Issuer {
	readonly privateKey: KeyObject;
	readonly publicKey: Uint8Array;
	readonly notAfter: number;
}

function issueDeviceCertificate(
	issuer: Issuer,
	uuid: string,
	publicKey: Uint8Array,
	time: number,
	revocationList?: string,
): DeviceCertificate {
	const expiresAt = Math.min(time + deviceDays * secondsPerDay, issuer.notAfter);
	const signed = signCertificate(
		{
			subject: uuid,
			issuer: { name: authorityName, publicKey: issuer.publicKey },
			publicKey,
			notBefore: time - backdatingSeconds,
			notAfter: expiresAt,
			isAuthority: false,
			usage: KeyUsageFlags.digitalSignature,
			purposes: [id_kp_clientAuth],
			revocationList,
		},
		issuer.privateKey,
	);
	return { ...signed, expiresAt };
}

function stateNext(privateKey: KeyObject, next: Uint8Array): Uint8Array {
	const body = encodeMap({ authority: next });
	const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
	const signature = Uint8Array.from(sign("sha256", nextAuthoritySigned(body), key));
	return encodeMap({ body, signature });
}

function certifyServer(
	issuer: Issuer,
	privateKey: KeyObject,
	names: readonly string[],
	time: number,
): Credential {
	const { certificate } = signCertificate(
		{
			subject: "opendms",
			issuer: { name: authorityName, publicKey: issuer.publicKey },
			publicKey: publicPointOf(privateKey),
			notBefore: time - backdatingSeconds,
			notAfter: Math.min(time + serverDays * secondsPerDay, issuer.notAfter),
			isAuthority: false,
			usage: KeyUsageFlags.digitalSignature,
			purposes: [id_kp_serverAuth],
			alternativeNames: names,
		},
		issuer.privateKey,
	);
	return { certificate, privateKey };
}

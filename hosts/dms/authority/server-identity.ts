/** The certificate with which the service serves TLS and signs its hello, renewed in time. */

import { X509Certificate } from "node:crypto";
import type { Authority } from "./authority.js";
import { certificatePem, type Credential, privateKeyPem } from "./credential.js";

/** Where a credential is kept: a folder, or memory. */
export interface CredentialStore {
	read(): Credential | undefined;
	write(credential: Credential): void;
}

export interface ServerIdentity {
	/**
	 * The credential to use now, for these host names: the one that is kept as long as it is for
	 * just these names and a third of its life is left, otherwise a new one.
	 */
	current(names: readonly string[], time: number): Credential;
}

export function createServerIdentity(authority: Authority, store: CredentialStore): ServerIdentity {
	let kept: Kept | undefined;
	return {
		current(names, time) {
			kept ??= keptOf(readIssued(authority, store));
			if (kept === undefined || !isGood(kept, authority, names, time)) {
				const credential = authority.issueServerCredential(names, time);
				store.write(credential);
				kept = keptOf(credential);
			}
			return kept.credential;
		},
	};
}

/** A credential and what its certificate says: parsed once, asked at each hello. */
interface Kept {
	readonly credential: Credential;
	readonly notBefore: number;
	readonly notAfter: number;
	/** DNS names and IP addresses. */
	readonly names: readonly string[];
}

function keptOf(credential: Credential): Kept;
function keptOf(credential: Credential | undefined): Kept | undefined;
function keptOf(credential: Credential | undefined): Kept | undefined {
	if (credential === undefined) return undefined;
	const certificate = new X509Certificate(credential.certificate);
	return {
		credential,
		notBefore: Date.parse(certificate.validFrom) / 1000,
		notAfter: Date.parse(certificate.validTo) / 1000,
		names: namesOf(certificate),
	};
}

/** What a TLS server needs, in PEM. */
export interface TlsFiles {
	readonly key: string;
	/** Its certificate, and its CA's behind. */
	readonly cert: string;
}

export function tlsFiles(authority: Authority, credential: Credential): TlsFiles {
	const chain = [credential.certificate, authority.credential.certificate];
	return { key: privateKeyPem(credential.privateKey), cert: chain.map(certificatePem).join("") };
}

/** A credential of another CA is none of ours: somebody exchanged files. */
function readIssued(authority: Authority, store: CredentialStore): Credential | undefined {
	const credential = store.read();
	if (credential === undefined) return undefined;
	const issuer = new X509Certificate(authority.credential.certificate);
	const isIssued = new X509Certificate(credential.certificate).verify(issuer.publicKey);
	return isIssued ? credential : undefined;
}

/**
 * Whether a new one would be no better: one that ends with its CA can't be. Else whoever asks after
 * the CA's end would make the service write keys each time.
 */
function isGood(kept: Kept, authority: Authority, names: readonly string[], time: number): boolean {
	const { notBefore, notAfter } = kept;
	const isFresh = time >= notBefore && notAfter - time > (notAfter - notBefore) / 3;
	const isLast = time >= notBefore && notAfter >= authority.notAfter;
	return (isFresh || isLast) && hasNames(kept, names);
}

/** `subjectAltName` reads "DNS:a.example, IP Address:192.0.2.1". */
function namesOf(certificate: X509Certificate): string[] {
	return (certificate.subjectAltName ?? "")
		.split(", ")
		.map((entry) => entry.slice(entry.indexOf(":") + 1));
}

function hasNames({ names: held }: Kept, names: readonly string[]): boolean {
	return held.length === names.length && names.every((name) => held.includes(name));
}

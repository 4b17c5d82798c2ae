/** The certificate with which the service serves TLS and signs its hello, renewed in time. */

import { type KeyObject, X509Certificate } from "node:crypto";
import { authorityProtocol } from "../../../src/protocol/messages.js";
import type { Core } from "../core.js";
import type { Database } from "../storage/schema.js";
import type { Authorities } from "./authorities.js";
import type { Authority } from "./authority.js";
import { certificatePem, type Credential, privateKeyPem } from "./credential.js";

/** Where a credential is kept: a folder, the database that it is given, or memory. */
export interface CredentialStore {
	read(database: Database): Promise<Credential | undefined>;
	/** DER of the certificate alone. */
	readCertificate(database: Database): Promise<Uint8Array | undefined>;
	/** In the transaction `database`, so that only one process writes at a time. */
	write(database: Database, credential: Credential): Promise<void>;
	/** Nobody can sign with the key from then on; the certificate stays. */
	forgetKey(database: Database): Promise<void>;
}

export interface ServerIdentity {
	/**
	 * The credential to use now, for these host names: the one that is kept as long as it is for
	 * just these names and a third of its life is left, otherwise a new one. All processes of a
	 * service have the same one: a device takes answers from the key that said hello to it.
	 */
	current(names: readonly string[], time: number): Promise<Credential>;
}

export function createServerIdentity(
	{ database, writer }: Pick<Core, "database" | "writer">,
	authorityAt: Authorities["at"],
	store: CredentialStore,
): ServerIdentity {
	let kept: Kept | undefined;
	let renewal: Promise<Kept> | undefined;
	const renew = async (names: readonly string[], time: number): Promise<Kept> => {
		const authority = authorityAt(time);
		const good = async (from: Database): Promise<Kept | undefined> => {
			const held = keptOf(await readIssued(from, authority, store), authority);
			return held && isGood(held, authority, names, time) ? held : undefined;
		};
		// Another process may have renewed it, and does it now, perhaps.
		const held = await good(database);
		if (held !== undefined) return held;
		return writer.write(async (transaction) => {
			const found = await good(transaction);
			if (found !== undefined) return found;
			const credential = authority.issueServerCredential(names, time);
			await store.write(transaction, credential);
			return keptOf(credential, authority);
		});
	};
	return {
		async current(names, time) {
			if (kept !== undefined && isGood(kept, authorityAt(time), names, time))
				return kept.credential;
			renewal ??= renew(names, time).finally(() => (renewal = undefined));
			try {
				kept = await renewal;
			} catch (error) {
				// What has to be renewed soon is good meanwhile.
				if (kept === undefined || time >= kept.notAfter || !hasNames(kept, names)) throw error;
			}
			return kept.credential;
		},
	};
}

/**
 * The same key certified by other CAs, so that an answer's signature is good whichever CA a device
 * trusts. Made anew with each key, and at each start: devices compare keys, never certificates.
 */
export function createCrossIdentity(
	first: () => Authority,
	current: () => Promise<Credential>,
	certify: (by: Authority, key: KeyObject) => Credential,
): (by: Authority) => Promise<Credential> {
	const made = new Map<Authority, { readonly of: Credential; readonly by: Credential }>();
	return async (by) => {
		const server = await current();
		if (by === first()) return server;
		const known = made.get(by);
		if (known?.of === server) return known.by;
		const credential = certify(by, server.privateKey);
		made.set(by, { of: server, by: credential });
		return credential;
	};
}

/** A credential and what its certificate says: parsed once, asked at each hello. */
interface Kept {
	readonly credential: Credential;
	readonly notBefore: number;
	readonly notAfter: number;
	/** DNS names and IP addresses. */
	readonly names: readonly string[];
	readonly issuer: Authority;
}

function keptOf(credential: Credential, issuer: Authority): Kept;
function keptOf(credential: Credential | undefined, issuer: Authority): Kept | undefined;
function keptOf(credential: Credential | undefined, issuer: Authority): Kept | undefined {
	if (credential === undefined) return undefined;
	const certificate = new X509Certificate(credential.certificate);
	return {
		credential,
		issuer,
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

/** Those by one of several CAs, and the protocol by which a device asks for them. */
export interface FollowingFiles extends TlsFiles {
	readonly protocol: string;
}

/** Of all CAs that are served: which of them is shown first changes when one ends. */
export async function followingFiles({
	authorities,
	serverCredentialBy,
}: Pick<Core, "authorities" | "serverCredentialBy">): Promise<FollowingFiles[]> {
	const { served } = authorities;
	if (served.length < 2) return [];
	return Promise.all(
		served.map(async (authority) => ({
			protocol: authorityProtocol(authority.fingerprint),
			...tlsFiles(authority, await serverCredentialBy(authority)),
		})),
	);
}

/** A credential of another CA is none of ours: somebody exchanged files. */
async function readIssued(
	database: Database,
	authority: Authority,
	store: CredentialStore,
): Promise<Credential | undefined> {
	const credential = await store.read(database);
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
	const { issuer, notBefore, notAfter } = kept;
	if (issuer !== authority) return false;
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

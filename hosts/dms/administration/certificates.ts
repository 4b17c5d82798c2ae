/** The service's own certificates: its CA's, and those for machines in front of it. */

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { toHex } from "../../../src/encoding/bytes.js";
import { parseAddress, portDefault } from "../../../src/protocol/token.js";
import { type Authority, createAuthority, isValidAt } from "../authority/authority.js";
import { addFollowing, rewriteFollowing } from "../authority/following.js";
import { credentialFiles } from "../authority/key-folder.js";
import { credentialRow } from "../authority/key-table.js";
import { authorityPassphrase } from "../authority/key-text.js";
import { type TlsFiles, tlsFiles } from "../authority/server-identity.js";
import { type Core, timeOf } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import {
	type AuthorityOverview,
	forgetAuthorityKey,
	keepKeys,
	listAuthorities,
	retireAuthority,
} from "./authorities.js";
import { actor, change } from "./change.js";

export interface AuthorityCertificate {
	/** SHA-256 of its DER, hexadecimal: what provisioning tokens pin. */
	readonly fingerprint: string;
	readonly subject: string;
	/** Seconds since 1970. */
	readonly validFrom: number;
	/** Seconds since 1970. */
	readonly expiresAt: number;
	/** Why no device trusts it now; `undefined` while it is valid. */
	readonly problem?: string;
	readonly pem: string;
}

/** What a TLS server in front of the service needs. */
export interface IssuedFiles extends TlsFiles {
	/** Seconds since 1970. */
	readonly expiresAt: number;
}

export interface Certificates {
	show(): AuthorityCertificate;
	/** All CAs, oldest first, with what is expected under each. */
	list(): Promise<AuthorityOverview[]>;
	/**
	 * Has devices served no more by the CA of this fingerprint, or the beginning of it, from the next
	 * start on; rejects while a device is expected that trusts it.
	 */
	retire(fingerprint: string): Promise<string>;
	/** Forgets the key of a CA that is retired: nobody can sign with it any more. */
	forgetKey(fingerprint: string): Promise<string>;
	/** Copies the keys and certificates of all CAs into a new folder; resolves with their names. */
	keepKeys(folder: string): Promise<string[]>;
	/** A new key and certificate for these DNS names and IP addresses. They are not kept here. */
	issue(names: readonly string[]): Promise<IssuedFiles>;
	/** Makes the CA that follows the newest, and resolves with its fingerprint, hexadecimal. */
	addNext(): Promise<string>;
	/** Keeps the keys of all CAs encrypted from now on, by the passphrase that is said. */
	encryptKeys(): Promise<void>;
}

/** Eight names of a hundred letters still fit the 1,500 bytes that a device takes. */
export const serverNamesMaximum = 8;

export function createCertificates(core: Core): Certificates {
	return {
		show: () => show(core),
		list: () => listAuthorities(core),
		retire: (fingerprint) => retireAuthority(core, fingerprint),
		forgetKey: (fingerprint) => forgetAuthorityKey(core, fingerprint),
		keepKeys: (folder) => keepKeys(core, folder),
		issue: (names) => issue(core, names),
		addNext: () =>
			change(core, async (database, time) => {
				const authority = createAuthority(time);
				await addFollowing(database, authority);
				const fingerprint = toHex(authority.fingerprint);
				const subject = "authority:" + fingerprint;
				const entry = { actor: actor(), action: "authority.add", subject };
				await appendAudit(database, time, entry);
				return fingerprint;
			}),
		encryptKeys: () => encryptKeys(core),
	};
}

async function encryptKeys(core: Core): Promise<void> {
	if (authorityPassphrase() === undefined) {
		const message = "Say the passphrase that is to be: OPENDMS_CA_PASSPHRASE_FILE=<file>";
		throw new OperatorError("authority", message);
	}
	const { data, authority } = core;
	const subject = "authority:" + toHex(authority.fingerprint);
	await change(core, async (database, time) => {
		await rewriteFollowing(database);
		if (data === undefined && authority.hasKey)
			await credentialRow("ca").write(database, authority.credential);
		await appendAudit(database, time, { actor: actor(), action: "authority.encrypt", subject });
	});
	if (data !== undefined && authority.hasKey) {
		await credentialFiles(data, "ca").write(core.database, authority.credential);
	}
}

/** The oldest that is served; there is a problem when none of those is good now. */
function show(core: Core): AuthorityCertificate {
	const { newest, oldest: authority, served } = core.authorities;
	const certificate = new X509Certificate(authority.credential.certificate);
	const time = timeOf(core);
	const isGood = served.some((one) => isValidAt(one, time));
	const problem = isGood ? undefined : problemOf(newest, time);
	return {
		fingerprint: toHex(authority.fingerprint),
		subject: certificate.subject,
		validFrom: authority.notBefore,
		expiresAt: authority.notAfter,
		...(problem !== undefined && { problem }),
		pem: certificate.toString(),
	};
}

function problemOf(authority: Authority, time: number): string {
	const [from, to, now] = [authority.notBefore, authority.notAfter, time].map((seconds) =>
		new Date(seconds * 1000).toISOString().slice(0, 10),
	);
	const span = "The CA is valid from " + from + " to " + to + ", and the clock says " + now + ": ";
	const way = "Set the clock; if it is right, start a new service in another folder.";
	return span + "no device trusts this service. " + way;
}

async function issue(core: Core, names: readonly string[]): Promise<IssuedFiles> {
	requireHostNames(names);
	const authority = core.authorities.at(timeOf(core));
	const credential = authority.issueServerCredential(names, timeOf(core));
	const certificate = new X509Certificate(credential.certificate);
	await change(core, (database, time) =>
		appendAudit(database, time, {
			actor: actor(),
			action: "certificate.issue",
			subject: "server:" + names.join(","),
			details: { serial: certificate.serialNumber.toLowerCase() },
		}),
	);
	const expiresAt = Date.parse(certificate.validTo) / 1000;
	return { ...tlsFiles(authority, credential), expiresAt };
}

/** Throws when a certificate for these names isn't issued. */
export function requireHostNames(names: readonly string[]): void {
	if (names.length < 1 || names.length > serverNamesMaximum) {
		const message = "A server certificate is for 1 to " + serverNamesMaximum + " names.";
		throw new OperatorError("limit", message);
	}
	for (const name of names) requireHostName(name);
}

/** A name that a device can ask for. */
function requireHostName(name: string): void {
	const address = parseAddress(name);
	const isHost = address?.host === name && address.port === portDefault && !name.includes(":");
	if (isHost || isIP(name) !== 0) return;
	const message = name + " is neither a DNS name in lower case nor an IP address.";
	throw new OperatorError("name", message);
}

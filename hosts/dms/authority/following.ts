/**
 * The CAs that follow the first one. Their keys are rows of the database, wherever the first one's
 * is, so that a backup has them. A service that runs reads them when it starts.
 */

import { toHex } from "../../../src/encoding/bytes.js";
import { OperatorError } from "../operator-error.js";
import type { Database } from "../storage/schema.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import { type Authorities, authoritiesOf } from "./authorities.js";
import type { CredentialStore } from "./server-identity.js";
import { type Authority, authorityOf, keylessAuthority } from "./authority.js";
import { credentialRow } from "./key-table.js";

/** Two hops are a device's way through forty years; more is a slip. */
export const followingMaximum = 8;

/** All of a service's CAs; `first` is the one that it began with. */
export async function readAuthorities(database: Database, first: Authority): Promise<Authorities> {
	return authoritiesOf(first, await readFollowing(database), await retiredNames(database));
}

export async function readFollowing(database: Database): Promise<Authority[]> {
	const names = await followingNames(database);
	const retired = await retiredNames(database);
	const following: Authority[] = [];
	for (const [index, fingerprint] of names.entries()) {
		const store = credentialRow(rowOf(index));
		const authority = await readAuthority(database, store, retired.includes(fingerprint));
		if (authority === undefined || toHex(authority.fingerprint) !== fingerprint) {
			const message = "The key of a following CA is damaged. Restore it from a backup.";
			throw new OperatorError("authority", message);
		}
		following.push(authority);
	}
	return following;
}

/** A CA that is retired may be without its key. */
export async function readAuthority(
	database: Database,
	store: CredentialStore,
	isRetired: boolean,
): Promise<Authority | undefined> {
	const credential = await store.read(database);
	if (credential !== undefined) return authorityOf(credential);
	const certificate = isRetired ? await store.readCertificate(database) : undefined;
	return certificate && keylessAuthority(certificate);
}

export async function addFollowing(database: Database, authority: Authority): Promise<void> {
	const names = await followingNames(database);
	if (names.length >= followingMaximum) {
		throw new OperatorError("limit", "A service has at most " + (followingMaximum + 1) + " CAs.");
	}
	await credentialRow(rowOf(names.length)).write(database, authority.credential);
	const all = [...names, toHex(authority.fingerprint)];
	await writeSetting(database, "authorities", all.join(" "));
}

/** Keeps a CA as the row of this name, without its key where that isn't there. */
export async function keepRow(
	database: Database,
	name: ReturnType<typeof rowOf>,
	{ credential, hasKey }: Authority,
): Promise<void> {
	const row = credentialRow(name);
	if (hasKey) return row.write(database, credential);
	await row.writeCertificate(database, credential);
}

/** Keeps their keys anew: encrypted, where there is a passphrase now. */
export async function rewriteFollowing(database: Database): Promise<void> {
	for (const [index, authority] of (await readFollowing(database)).entries()) {
		if (!authority.hasKey) continue;
		await credentialRow(rowOf(index)).write(database, authority.credential);
	}
}

/** Fingerprints of those that are retired, hexadecimal; the first CA may be among them. */
export function retiredNames(database: Database): Promise<readonly string[]> {
	return namesIn(database, "retiredAuthorities");
}

/** Devices aren't served by it any more, once the service has started again. */
export async function retire(database: Database, authority: Authority): Promise<void> {
	const names = new Set([...(await retiredNames(database)), toHex(authority.fingerprint)]);
	await writeSetting(database, "retiredAuthorities", [...names].join(" "));
}

/** Fingerprints of those that follow the first, hexadecimal. */
export function followingNames(database: Database): Promise<readonly string[]> {
	return namesIn(database, "authorities");
}

async function namesIn(
	database: Database,
	setting: "authorities" | "retiredAuthorities",
): Promise<readonly string[]> {
	const text = (await readSetting(database, setting)) ?? "";
	return text === "" ? [] : text.split(" ");
}

/** The name under which the key of the first, second, ... CA after the first is kept. */
export function rowOf(index: number): `ca-${number}` {
	return `ca-${index + 2}`;
}

/** The CA of a service: made at the first start, and never another one after it. */

import { toHex } from "../../../src/encoding/bytes.js";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import type { Database } from "../storage/schema.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import { type Authority, createAuthority } from "./authority.js";
import { readAuthority, retiredNames } from "./following.js";
import type { CredentialStore } from "./server-identity.js";

/**
 * The CA whose fingerprint the database remembers. Every token and every device pins it, so files
 * that are lost or exchanged are an error, never a reason to make a new one. The first may be
 * `given`.
 */
export async function openAuthority(
	{ database, writer }: Pick<Core, "database" | "writer">,
	store: CredentialStore,
	time: number,
	given?: Authority,
): Promise<Authority> {
	const known = await rememberedAuthority(database, store);
	if (known !== undefined) return known;
	// The transaction holds the write lock, so two processes starting at once make one CA.
	return writer.write(
		async (transaction) =>
			(await rememberedAuthority(transaction, store)) ?? found(transaction, store, time, given),
	);
}

/** `undefined` when the database remembers none yet. */
async function rememberedAuthority(
	database: Database,
	store: CredentialStore,
): Promise<Authority | undefined> {
	const remembered = await readSetting(database, "authority");
	if (remembered === undefined) return undefined;
	const isRetired = (await retiredNames(database)).includes(remembered);
	const authority = await readAuthority(database, store, isRetired);
	if (authority !== undefined && toHex(authority.fingerprint) === remembered) return authority;
	throw new OperatorError(
		"authority",
		"ca.key and ca.crt are not the ones that devices trust. Restore them from a backup.",
	);
}

/**
 * Nothing is issued before the fingerprint is remembered, so a crash up to there starts again. A CA
 * that is there already came from that crash, or from somebody who lost the database only.
 */
async function found(
	database: Database,
	store: CredentialStore,
	time: number,
	given: Authority | undefined,
): Promise<Authority> {
	const present = await readAuthority(database, store, false);
	const authority = present ?? given ?? createAuthority(time);
	if (present === undefined) await store.write(database, authority.credential);
	await writeSetting(database, "authority", toHex(authority.fingerprint));
	return authority;
}

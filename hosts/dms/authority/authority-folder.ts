/** The CA of a data folder: made at the first start, and never another one after it. */

import { toHex } from "../../../src/encoding/bytes.js";
import { OperatorError } from "../operator-error.js";
import type { Database } from "../storage/schema.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import { type Authority, authorityOf, createAuthority } from "./authority.js";
import type { CredentialStore } from "./server-identity.js";

/**
 * The CA whose fingerprint the database remembers. Every token and every device pins it, so files
 * that are lost or exchanged are an error, never a reason to make a new one.
 *
 * The transaction holds the write lock, so two processes starting at once make one CA.
 */
export async function openAuthority(
	database: Database,
	store: CredentialStore,
	time: number,
): Promise<Authority> {
	return database.transaction().execute(async (transaction) => {
		const remembered = await readSetting(transaction, "authority");
		const credential = store.read();
		const authority = credential && authorityOf(credential);
		if (remembered === undefined) return found(transaction, store, authority, time);
		if (authority === undefined || toHex(authority.fingerprint) !== remembered) {
			throw new OperatorError(
				"authority",
				"ca.key and ca.crt are not the ones that devices trust. Restore them from a backup.",
			);
		}
		return authority;
	});
}

/**
 * Nothing is issued before the fingerprint is remembered, so a crash up to there starts again. A CA
 * that is there already came from that crash, or from somebody who lost the database only.
 */
async function found(
	database: Database,
	store: CredentialStore,
	present: Authority | undefined,
	time: number,
): Promise<Authority> {
	const authority = present ?? createAuthority(time);
	if (present === undefined) store.write(authority.credential);
	await writeSetting(database, "authority", toHex(authority.fingerprint));
	return authority;
}

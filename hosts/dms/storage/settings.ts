/** What the service remembers about itself. */

import type { Database } from "./schema.js";

/**
 * `authority`: the CA's fingerprint, hexadecimal; a folder whose `ca.crt` is another is refused.
 * `authorities`: the fingerprints of the CAs that follow it, oldest first, separated by spaces.
 * `retiredAuthorities`: of these and the first, those that devices aren't served by any more.
 * `addresses`: where devices reach the service, separated by spaces; tokens carry the first.
 * `clock`: when the operator last vouched for a doubtful clock, in seconds since 1970.
 * `changes`: see `countChange`.
 * `page`: where people reach the page, as a URL: links to it begin with this.
 * `revocationList`: where the CRL is for others, as a URL: certificates carry it.
 * `keep`, `auditExport`, `pruned`: for how long what is kept, where entries of the audit log are
 * written before they are deleted, and when pruning began last; see `Pruning`.
 */
export type SettingName =
	| "authority"
	| "authorities"
	| "retiredAuthorities"
	| "addresses"
	| "clock"
	| "changes"
	| "page"
	| "revocationList"
	| "keep"
	| "auditExport"
	| "pruned";

export async function readSetting(
	database: Database,
	name: SettingName,
): Promise<string | undefined> {
	const row = await database
		.selectFrom("settings")
		.select("value")
		.where("name", "=", name)
		.executeTakeFirst();
	return row?.value;
}

export async function writeSetting(
	database: Database,
	name: SettingName,
	value: string,
): Promise<void> {
	await database
		.insertInto("settings")
		.values({ name, value })
		.onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
		.execute();
}

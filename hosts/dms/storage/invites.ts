/** Links with which users set a password, once: a digest of each. */

import type { Database, InviteRow } from "./schema.js";

/** Of a user there is one at a time: the last. */
export async function replaceInvite(database: Database, row: InviteRow): Promise<void> {
	await deleteInvites(database, row.user);
	await database.insertInto("invites").values(row).execute();
}

export async function findInvite(
	database: Database,
	digest: string,
): Promise<InviteRow | undefined> {
	return database.selectFrom("invites").selectAll().where("digest", "=", digest).executeTakeFirst();
}

export async function openInviteOf(
	database: Database,
	user: string,
	time: number,
): Promise<InviteRow | undefined> {
	return database
		.selectFrom("invites")
		.selectAll()
		.where("user", "=", user)
		.where("expiresAt", ">", time)
		.executeTakeFirst();
}

export async function deleteInvites(database: Database, user: string): Promise<void> {
	await database.deleteFrom("invites").where("user", "=", user).execute();
}

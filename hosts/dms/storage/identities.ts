/** As whom an identity provider knows users: by its own name for them, which never changes. */

import type { Database, IdentityRow } from "./schema.js";

export async function insertIdentity(database: Database, row: IdentityRow): Promise<void> {
	await database.insertInto("identities").values(row).execute();
}

export async function findIdentity(
	database: Database,
	issuer: string,
	by: { readonly subject: string } | { readonly user: string },
): Promise<IdentityRow | undefined> {
	const [column, value] =
		"subject" in by ? (["subject", by.subject] as const) : (["user", by.user] as const);
	return database
		.selectFrom("identities")
		.selectAll()
		.where("issuer", "=", issuer)
		.where(column, "=", value)
		.executeTakeFirst();
}

export async function deleteIdentities(database: Database, user: string): Promise<void> {
	await database.deleteFrom("identities").where("user", "=", user).execute();
}

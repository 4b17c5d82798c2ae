/** Migration 024: who has made an API token, for when that person leaves. */

import type { Kysely } from "kysely";

export async function createTokenMakers(database: Kysely<unknown>): Promise<void> {
	await database.schema.alterTable("apiTokens").addColumn("addedBy", "text").execute();
}

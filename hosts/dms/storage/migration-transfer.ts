/** Migration 041: claim tokens with which an owner hands a device over. */

import type { Kysely } from "kysely";

export async function createTransfer(database: Kysely<unknown>): Promise<void> {
	await database.schema.alterTable("claimTokens").addColumn("device", "text").execute();
	await database.schema.alterTable("claimTokens").addColumn("giver", "text").execute();
}

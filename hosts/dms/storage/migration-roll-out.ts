/** Migration 061: who has stopped a roll-out, and the indexes by which the page finds things. */

import type { Kysely } from "kysely";

export async function createRollOut(database: Kysely<unknown>): Promise<void> {
	await database.schema.alterTable("bundleTags").addColumn("haltedBy", "text").execute();
	const { schema } = database;
	await schema.createIndex("auditBySubject").on("audit").columns(["subject", "time"]).execute();
	await schema.createIndex("updateReportsByDevice").on("updateReports").column("device").execute();
}

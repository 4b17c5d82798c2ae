/**
 * Migration 071: the audit log by what was done, by time and by refusals. A list is in the order of
 * ids, so each index has them.
 */

import { type Kysely, sql } from "kysely";

export async function createAuditLists(database: Kysely<unknown>): Promise<void> {
	const { schema } = database;
	await schema.createIndex("auditByAction").on("audit").columns(["action", "id"]).execute();
	await schema.createIndex("auditByTime").on("audit").columns(["time", "id"]).execute();
	// Few are refused: who lists the others reads the table as it is.
	await schema
		.createIndex("auditRefused")
		.on("audit")
		.column("id")
		.where(sql.ref("rule"), "!=", "")
		.execute();
}

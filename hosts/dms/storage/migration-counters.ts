/**
 * Migration 004: counters for what would take reading a fleet to know, and the indexes to find
 * devices by. The counters begin with what the rows say now.
 */

import { type Kysely, sql } from "kysely";

export async function createCounters(database: Kysely<unknown>): Promise<void> {
	await countUses(database);
	await countReports(database);
	for (const column of ["owner", "product", "lastSeenAt"]) {
		const name = "devicesBy" + column.charAt(0).toUpperCase() + column.slice(1);
		await database.schema.createIndex(name).on("devices").columns([column, "uuid"]).execute();
	}
}

async function countUses(database: Kysely<unknown>): Promise<void> {
	await addNumber(database, "claimTokens", "uses");
	await sql`update "claimTokens" set "uses" = (select count(*) from "claimTokenUses"
		where "claimTokenUses"."digest" = "claimTokens"."digest")`.execute(database);
}

/** Reports of before a tag was set don't count for its roll-out: see `UpdateReportRow.round`. */
async function countReports(database: Kysely<unknown>): Promise<void> {
	for (const name of ["round", "failures", "successes"]) {
		await addNumber(database, "bundles", name);
	}
	await addNumber(database, "updateReports", "round");
	await sql`update "bundles" set "round" = 1`.execute(database);
	await sql`update "updateReports" set "round" = 1 where "reportedAt" >= coalesce((
		select max("taggedAt") from "bundleTags"
		where "bundleTags"."bundle" = "updateReports"."bundle"), 0)`.execute(database);
	const counted = sql`select count(*) from "updateReports"
		where "updateReports"."bundle" = "bundles"."id" and "updateReports"."round" = 1`;
	await sql`update "bundles" set "successes" = (${counted} and "status" = 1),
		"failures" = (${counted} and "status" >= 100 and "status" <> 220)`.execute(database);
	await database.schema
		.createTable("reportCounts")
		.addColumn("bundle", "text", (column) => column.notNull().references("bundles.id"))
		.addColumn("status", "integer", (column) => column.notNull())
		.addColumn("devices", "integer", (column) => column.notNull())
		.addPrimaryKeyConstraint("reportCountsKey", ["bundle", "status"])
		.execute();
	await sql`insert into "reportCounts" ("bundle", "status", "devices")
		select "bundle", "status", count(*) from "updateReports"
		group by "bundle", "status"`.execute(database);
}

async function addNumber(database: Kysely<unknown>, table: string, name: string): Promise<void> {
	await database.schema
		.alterTable(table)
		.addColumn(name, "integer", (column) => column.notNull().defaultTo(0))
		.execute();
}

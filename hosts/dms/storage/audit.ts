/** The audit log: every change, and every refusal of somebody who proved who it is. */

import { sql } from "kysely";
import { type Page, pagesOf, type Part } from "./pages.js";
import type { AuditRow, Database } from "./schema.js";

export interface AuditEntry {
	/** `operator`, `device:<uuid>`, or `key:<keyid>` for a key that is no device. */
	readonly actor: string;
	/** Such as `device.claim`. */
	readonly action: string;
	/** What was acted on, such as `product:ACME-LAMP`. */
	readonly subject: string;
	/** The rule that refused. */
	readonly rule?: string;
	/** Facts that help to understand it. Never a secret. */
	readonly details?: { readonly [name: string]: string | number | null };
}

export type StoredAuditEntry = Omit<AuditRow, "id"> & { readonly id: number };

/** A device that goes on asking for what is refused fills one line an hour, not the disk. */
const refusalRepeatSeconds = 3_600;

export async function appendAudit(
	database: Database,
	time: number,
	entry: AuditEntry,
): Promise<void> {
	if (entry.rule !== undefined && (await isRepeated(database, time, entry))) return;
	await appendAudits(database, time, [entry]);
}

/** Of what was done, at most some hundred: a statement has no room for more. */
export async function appendAudits(
	database: Database,
	time: number,
	entries: readonly AuditEntry[],
): Promise<void> {
	const rows = entries.map(({ actor, action, subject, rule = "", details = {} }) => {
		return { time, actor, action, subject, rule, details: JSON.stringify(details) };
	});
	await database.insertInto("audit").values(rows).execute();
}

/** Which entries; all that are given must be so. */
export interface AuditFilter {
	/** Seconds since 1970. */
	readonly since?: number | undefined;
	/** Before then. */
	readonly until?: number | undefined;
	/** Entries before this one: the page of older ones. */
	readonly before?: number | undefined;
	/** As the entries name it, such as `user:alice`. */
	readonly actor?: string | undefined;
	readonly action?: string | undefined;
	readonly isRefused?: boolean | undefined;
	/** What was acted on, as the entries name it, such as `batch:2026-11`. */
	readonly subject?: string | undefined;
	/** The device that acted, or was acted on. */
	readonly device?: string | undefined;
}

/**
 * Entries in the order in which they were written: the first behind `after`, or the newest `limit`,
 * or all.
 */
export async function* auditPages(
	database: Database,
	{ after, limit }: Part<number>,
	filter: AuditFilter = {},
): AsyncGenerator<readonly StoredAuditEntry[]> {
	const within = await idsOf(database, filter);
	const isNewest = after === undefined && limit !== undefined;
	const start = isNewest ? await beforeNewest(database, filter, within, limit) : after;
	const read = (page: Page<number>) => listAudit(database, filter, within, page);
	yield* pagesOf(read, ({ id }) => id, { after: start, limit });
}

/** The first and the last id of a time. */
interface Ids {
	readonly first: number;
	readonly last: number;
}

/**
 * Where the entries of the time that is asked for are, and others: clocks are put back. Within them
 * a list, which is in the order of ids, reads as many as that time has.
 */
async function idsOf(database: Database, { since, until }: AuditFilter): Promise<Ids | undefined> {
	if (since === undefined) return undefined;
	const { first, last } = await database
		.selectFrom("audit")
		.select(({ fn }) => [fn.min("id").as("first"), fn.max("id").as("last")])
		.where("time", ">=", since)
		.$if(until !== undefined, (query) => query.where("time", "<", until ?? 0))
		.executeTakeFirstOrThrow();
	return { first: first ?? 0, last: last ?? -1 };
}

async function listAudit(
	database: Database,
	filter: AuditFilter,
	within: Ids | undefined,
	{ after, limit }: Page<number>,
): Promise<StoredAuditEntry[]> {
	return filtered(database, filter, within)
		.selectAll()
		.$if(after !== undefined, (query) => query.where("id", ">", after ?? 0))
		.orderBy("id")
		.limit(limit)
		.execute();
}

/** The id of the last entry before the newest `limit` ones; 0 when there are no more than those. */
async function beforeNewest(
	database: Database,
	filter: AuditFilter,
	within: Ids | undefined,
	limit: number,
): Promise<number> {
	const rows = filtered(database, filter, within).select("id").orderBy("id", "desc");
	const row = await rows.limit(1).offset(limit).executeTakeFirst();
	return row?.id ?? 0;
}

function filtered(database: Database, filter: AuditFilter, within: Ids | undefined) {
	const { since, until, before, device, actor, action, subject, isRefused } = filter;
	const name = "device:" + device;
	return database
		.selectFrom("audit")
		.$if(within !== undefined, (query) =>
			query.where("id", ">=", within?.first ?? 0).where("id", "<=", within?.last ?? 0),
		)
		.$if(since !== undefined, (query) => query.where("time", ">=", since ?? 0))
		.$if(until !== undefined, (query) => query.where("time", "<", until ?? 0))
		.$if(before !== undefined, (query) => query.where("id", "<", before ?? 0))
		.$if(actor !== undefined, (query) => query.where("actor", "=", actor ?? ""))
		.$if(action !== undefined, (query) => query.where("action", "=", action ?? ""))
		.$if(subject !== undefined, (query) => query.where("subject", "=", subject ?? ""))
		.$if(isRefused !== undefined, (query) =>
			query.where("rule", isRefused ? "<>" : "=", sql.lit("")),
		)
		.$if(device !== undefined, (query) =>
			query.where(({ eb, or }) => or([eb("actor", "=", name), eb("subject", "=", name)])),
		);
}

/** The newest entry of all. */
export async function newestAudit(database: Database): Promise<StoredAuditEntry | undefined> {
	return database.selectFrom("audit").selectAll().orderBy("id", "desc").limit(1).executeTakeFirst();
}

/** The newest entry of an action. */
export async function lastAudit(
	database: Database,
	action: string,
): Promise<StoredAuditEntry | undefined> {
	return database
		.selectFrom("audit")
		.selectAll()
		.where("action", "=", action)
		.orderBy("id", "desc")
		.executeTakeFirst();
}

/** The newest entry on what an action was done to. */
export async function lastAuditOf(
	database: Database,
	subject: string,
): Promise<StoredAuditEntry | undefined> {
	return database
		.selectFrom("audit")
		.selectAll()
		.where("subject", "=", subject)
		.where("rule", "=", "")
		.orderBy("time", "desc")
		.orderBy("id", "desc")
		.limit(1)
		.executeTakeFirst();
}

async function isRepeated(database: Database, time: number, entry: AuditEntry): Promise<boolean> {
	const row = await database
		.selectFrom("audit")
		.select("id")
		.where("actor", "=", entry.actor)
		.where("time", ">", time - refusalRepeatSeconds)
		.where("time", "<", time + refusalRepeatSeconds) // A clock that was ahead hides nothing.
		.where("action", "=", entry.action)
		.where("subject", "=", entry.subject)
		.where("rule", "=", entry.rule ?? "")
		.executeTakeFirst();
	return row !== undefined;
}

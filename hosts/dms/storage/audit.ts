/** The audit log: every change, and every refusal of somebody who proved who it is. */

import type { Selectable } from "kysely";
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

export type StoredAuditEntry = Selectable<AuditRow>;

/** A device that goes on asking for what is refused fills one line an hour, not the disk. */
const refusalRepeatSeconds = 3_600;

export async function appendAudit(
	database: Database,
	time: number,
	entry: AuditEntry,
): Promise<void> {
	const { actor, action, subject, rule = "", details = {} } = entry;
	if (rule !== "" && (await isRepeated(database, time, entry))) return;
	await database
		.insertInto("audit")
		.values({ time, actor, action, subject, rule, details: JSON.stringify(details) })
		.execute();
}

/** Which entries; all that are given must be so. */
export interface AuditFilter {
	/** Seconds since 1970. */
	readonly since?: number | undefined;
	/** The device that acted, or was acted on. */
	readonly device?: string | undefined;
}

/** The newest entries, oldest first. */
export async function listAudit(
	database: Database,
	limit: number,
	{ since, device }: AuditFilter = {},
): Promise<StoredAuditEntry[]> {
	const name = "device:" + device;
	const rows = await database
		.selectFrom("audit")
		.selectAll()
		.$if(since !== undefined, (query) => query.where("time", ">=", since ?? 0))
		.$if(device !== undefined, (query) =>
			query.where(({ eb, or }) => or([eb("actor", "=", name), eb("subject", "=", name)])),
		)
		.orderBy("id", "desc")
		.limit(limit)
		.execute();
	return rows.reverse();
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

async function isRepeated(database: Database, time: number, entry: AuditEntry): Promise<boolean> {
	const row = await database
		.selectFrom("audit")
		.select("id")
		.where("actor", "=", entry.actor)
		.where("time", ">", time - refusalRepeatSeconds)
		.where("action", "=", entry.action)
		.where("subject", "=", entry.subject)
		.where("rule", "=", entry.rule ?? "")
		.executeTakeFirst();
	return row !== undefined;
}

/** Log-ins that failed, for a day: how long who tries again has to wait. */

import type { LogInAttemptRow } from "./schema-log-in.js";
import type { Database } from "./schema.js";

/** The oldest go first. */
const attemptsMaximum = 10_000;

/** Each new one takes so many along: more than come. */
const removedMaximum = 20;

export async function findLogInAttempts(
	database: Database,
	keys: readonly string[],
	after: number,
): Promise<LogInAttemptRow[]> {
	return database
		.selectFrom("logInAttempts")
		.selectAll()
		.where("key", "in", keys)
		.where("at", ">", after)
		.execute();
}

export async function putLogInAttempt(database: Database, row: LogInAttemptRow): Promise<void> {
	const { failures, at } = row;
	await database
		.insertInto("logInAttempts")
		.values(row)
		.onConflict((conflict) => conflict.column("key").doUpdateSet({ failures, at }))
		.execute();
}

export async function deleteLogInAttempt(database: Database, key: string): Promise<void> {
	await database.deleteFrom("logInAttempts").where("key", "=", key).execute();
}

/** Forgets those from before `before`, and the oldest where there are too many. */
export async function pruneLogInAttempts(database: Database, before: number): Promise<void> {
	const oldest = database
		.selectFrom("logInAttempts")
		.select("key")
		.orderBy("at")
		.limit(removedMaximum);
	const outdated = oldest.where("at", "<=", before);
	await database.deleteFrom("logInAttempts").where("key", "in", outdated).execute();
	const { count } = await database
		.selectFrom("logInAttempts")
		.select(({ fn }) => fn.countAll<number>().as("count"))
		.executeTakeFirstOrThrow();
	if (count <= attemptsMaximum) return;
	await database.deleteFrom("logInAttempts").where("key", "in", oldest).execute();
}

/** Changes of the API that may be asked for again: each is done once, and answered as before. */

import { sql } from "kysely";
import type { Database, IdempotencyKeyRow } from "./schema.js";

/** For so long an answer is kept. */
const repeatLifeSeconds = 86_400;

/** Of one caller, whichever comes first; the oldest go. */
const answersMaximum = 10_000;
const bytesMaximum = 64 * 2 ** 20;

/** Each new one takes so many along: more than come. */
const removedMaximum = 20;

export async function findIdempotencyKey(
	database: Database,
	id: string,
	time: number,
): Promise<IdempotencyKeyRow | undefined> {
	return database
		.selectFrom("repeats")
		.selectAll()
		.where("id", "=", id)
		.where("begunAt", ">", time - repeatLifeSeconds)
		.executeTakeFirst();
}

/** In place of one that is too old. */
export async function insertIdempotencyKey(
	database: Database,
	row: IdempotencyKeyRow,
): Promise<void> {
	await database.deleteFrom("repeats").where("id", "=", row.id).execute();
	await database.insertInto("repeats").values(row).execute();
	await removeOutdated(database, row.begunAt);
	await removeSurplus(database, row.caller);
}

/** Says in the change's own transaction that it is made; `false` when another one has made it. */
export async function noteIdempotentChange(
	database: Database,
	id: string,
	changedAt: number,
): Promise<boolean> {
	const { numUpdatedRows } = await database
		.updateTable("repeats")
		.set({ changedAt })
		.where("id", "=", id)
		.where("changedAt", "is", null)
		.executeTakeFirst();
	return numUpdatedRows > 0;
}

export async function keepIdempotentAnswer(
	database: Database,
	id: string,
	answer: Uint8Array,
): Promise<void> {
	const { length } = answer;
	await database.updateTable("repeats").set({ answer, length }).where("id", "=", id).execute();
}

/** Forgets one that has changed nothing. */
export async function forgetIdempotencyKey(database: Database, id: string): Promise<void> {
	await database
		.deleteFrom("repeats")
		.where("id", "=", id)
		.where("changedAt", "is", null)
		.execute();
}

async function removeOutdated(database: Database, time: number): Promise<void> {
	const outdated = database
		.selectFrom("repeats")
		.select("id")
		.where("begunAt", "<=", time - repeatLifeSeconds)
		.orderBy("begunAt")
		.limit(removedMaximum);
	await database.deleteFrom("repeats").where("id", "in", outdated).execute();
}

async function removeSurplus(database: Database, caller: string): Promise<void> {
	const { count, bytes } = await database
		.selectFrom("repeats")
		.select(({ fn }) => [
			fn.countAll<number>().as("count"),
			sql<number>`coalesce(sum("length"), 0)`.as("bytes"),
		])
		.where("caller", "=", caller)
		.executeTakeFirstOrThrow();
	let left = { count, bytes };
	const isTooMuch = () => left.count > answersMaximum || left.bytes > bytesMaximum;
	if (!isTooMuch()) return;
	const oldest = await database
		.selectFrom("repeats")
		.select(["id", "length"])
		.where("caller", "=", caller)
		.where("answer", "is not", null)
		.orderBy("begunAt")
		.limit(removedMaximum)
		.execute();
	for (const { id, length } of oldest) {
		if (!isTooMuch()) return;
		await database.deleteFrom("repeats").where("id", "=", id).execute();
		left = { count: left.count - 1, bytes: left.bytes - length };
	}
}

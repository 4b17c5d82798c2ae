/** Answers kept so that a repeated request gets the same one, and changes nothing. */

import type { AnswerRow, Database } from "./schema.js";

/**
 * PROTOCOL.md asks for 600 seconds: a request may be signed 300 seconds ahead of our clock and is
 * refused 300 seconds later. A minute more covers a clock that was set while it waited.
 */
export const answerLifeSeconds = 660;

/** Each answer takes so many outdated ones away: more than come, and never all of a rush hour. */
const outdatedMaximum = 4;

export async function findAnswer(
	database: Database,
	keyId: string,
	nonce: string,
): Promise<AnswerRow | undefined> {
	return database
		.selectFrom("answers")
		.selectAll()
		.where("keyId", "=", keyId)
		.where("nonce", "=", nonce)
		.executeTakeFirst();
}

/** How many answers to a key's requests are kept, of those that a request can still ask for. */
export async function countAnswers(
	database: Database,
	keyId: string,
	time: number,
): Promise<number> {
	const { count } = await database
		.selectFrom("answers")
		.select(({ fn }) => fn.countAll<number>().as("count"))
		.where("keyId", "=", keyId)
		.where("storedAt", ">=", time - answerLifeSeconds)
		.executeTakeFirstOrThrow();
	return count;
}

/** Keeps an answer, and lets go of those that no request can ask for any more. */
export async function keepAnswer(database: Database, answer: AnswerRow): Promise<void> {
	await database.insertInto("answers").values(answer).execute();
	const outdated = database
		.selectFrom("answers")
		.select(["keyId", "nonce"])
		.where("storedAt", "<", answer.storedAt - answerLifeSeconds)
		.orderBy("storedAt")
		.limit(outdatedMaximum);
	await database
		.deleteFrom("answers")
		.where(({ eb, refTuple }) =>
			eb(refTuple("keyId", "nonce"), "in", outdated.$asTuple("keyId", "nonce")),
		)
		.execute();
}

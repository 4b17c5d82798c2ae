/** Answers that are kept to be given again: until no request can ask for them any more. */

import { answerLifeSeconds } from "../storage/answers.js";
import { cursorBehind, lookLength, type PruneRule } from "./rule.js";

/** Each new answer takes some along: this is for those that nobody follows. */
export const answers: PruneRule = {
	kind: "answers",
	keepDefault: answerLifeSeconds,
	keepMinimum: undefined,
	async look({ database }, before, cursor = " ") {
		const [keyId = "", nonce = ""] = cursor.split(" ");
		const rows = await database
			.selectFrom("answers")
			.select(["keyId", "nonce", "storedAt"])
			.where(({ eb, refTuple, tuple }) => eb(refTuple("keyId", "nonce"), ">", tuple(keyId, nonce)))
			.orderBy("keyId")
			.orderBy("nonce")
			.limit(lookLength)
			.execute();
		const keyOf = (row: (typeof rows)[number]) => row.keyId + " " + row.nonce;
		const outdated = rows.filter(({ storedAt }) => storedAt < before).map(keyOf);
		return { outdated, next: cursorBehind(rows, keyOf) };
	},
	async remove(_core, database, keys) {
		for (const key of keys) {
			const [keyId = "", nonce = ""] = key.split(" ");
			await database
				.deleteFrom("answers")
				.where("keyId", "=", keyId)
				.where("nonce", "=", nonce)
				.execute();
		}
	},
};

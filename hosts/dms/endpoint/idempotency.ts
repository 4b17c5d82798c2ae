/** Each signed request changes something at most once, however often it comes. */

import { toHex } from "../../../src/encoding/bytes.js";
import type { Core } from "../core.js";
import { digestOf, sha256 } from "../digest.js";
import type { SignedMessage } from "../signature/message.js";
import type { SignatureInput } from "../signature/signature-input.js";
import { countAnswers, findAnswer, keepAnswer } from "../storage/answers.js";
import { appendAudit } from "../storage/audit.js";
import type { AnswerRow, Database } from "../storage/schema.js";
import { type Answer, refuse, refuseEager } from "./answer.js";

/**
 * A device asks a few things an hour. One that claims and releases itself in a loop would fill the
 * audit log, so there is an end to it for as long as its answers are kept.
 */
const answersMaximum = 200;

/** Does what was asked inside the transaction that it is given. */
export type Change = (database: Database) => Promise<Answer>;

/**
 * Runs `change` and keeps its answer under the key's name and the nonce, in one transaction; or, if
 * this very request came before, gives that answer again. A refusal isn't kept: it changed nothing,
 * and the same request may be allowed later. What a refusal wrote into the audit log stays.
 */
export async function idempotently(
	core: Core,
	message: SignedMessage,
	input: SignatureInput,
	time: number,
	change: Change,
): Promise<Answer> {
	const { keyId, nonce } = input;
	const requestDigest = digestOfRequest(message);
	return core.writer.write(async (database) => {
		const kept = await findAnswer(database, keyId, nonce);
		if (kept !== undefined) {
			if (kept.requestDigest === requestDigest) return answerOf(kept);
			// Either its random numbers are none, or two devices have one key.
			const entry = { actor: "key:" + keyId, action: "nonce", subject: "request:" + message.path };
			await appendAudit(database, time, { ...entry, rule: "nonce" });
			return refuse("nonce");
		}
		const count = await countAnswers(database, keyId, time);
		if (count >= answersMaximum) return refuseEager();
		const answer = await change(database);
		if (answer.rule === undefined) {
			const { status, body = null } = answer;
			const row = { keyId, nonce, requestDigest, status, body, storedAt: time };
			await keepAnswer(database, row);
		}
		return answer;
	});
}

function digestOfRequest(message: SignedMessage): string {
	const { method, path, query = "", body } = message;
	return digestOf(method, path, query, toHex(sha256(body)));
}

function answerOf(row: AnswerRow): Answer {
	return { status: row.status, body: row.body ?? undefined };
}

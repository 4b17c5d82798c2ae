/**
 * Idempotency keys, as draft-ietf-httpapi-idempotency-key-header-07 has them: a change that is
 * asked for again by the same key is made once, and answered as it was.
 *
 * That it is under way is in the database, for all processes of the service. That it was made is
 * written with the change itself, so what a process that died has left is known: not made, and
 * then it is done again, or made, and then its answer is lost. Answers have secrets, such as a
 * token that is shown only once, so they are encrypted with the key, of which a digest is kept.
 */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { type Core, timeOf } from "../core.js";
import { digestOf } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import {
	findIdempotencyKey,
	forgetIdempotencyKey,
	insertIdempotencyKey,
	keepIdempotentAnswer,
} from "../storage/idempotency-keys.js";
import type { IdempotencyKeyRow } from "../storage/schema.js";

/** A request that changes something. */
export interface Repeatable {
	/** Who asks. */
	readonly caller: string;
	readonly key: string;
	/** Of all that is asked. */
	readonly requestDigest: string;
}

export interface IdempotencyKeys {
	/**
	 * Makes a change, once, and resolves with its answer. `work` gets the name by which the change
	 * says that it was made, see `actAs`; when it fails, nothing is remembered.
	 */
	once(
		asked: Repeatable,
		work: (id: string) => Promise<string>,
	): Promise<{ readonly answer: string; readonly isRepeated: boolean }>;
}

/** No change takes as long; after it, whoever was at it is taken for dead. */
const underWaySeconds = 60;

/** Who guesses a key has the answer: a UUID has 36. */
const keyLengthMinimum = 16;
const keyLengthMaximum = 255;

const cipher = "aes-256-gcm";
const cipherKeyLength = 32;
const nonceLength = 12;
const tagLength = 16;

export function createIdempotencyKeys(core: Core): IdempotencyKeys {
	return {
		async once({ caller, key, requestDigest }, work) {
			const id = digestOf(caller, key);
			const kept = await begin(core, { id, caller, requestDigest });
			if (kept !== undefined) return { answer: open(key, kept), isRepeated: true };
			const answer = await work(id).catch(async (error: unknown) => {
				// Where that fails too, it is taken for dead soon.
				await core.writer
					.write((database) => forgetIdempotencyKey(database, id))
					.catch(() => undefined);
				throw error;
			});
			const sealed = seal(key, answer);
			await core.writer.write((database) => keepIdempotentAnswer(database, id, sealed));
			return { answer, isRepeated: false };
		},
	};
}

/** The key in a header: a string as RFC 9651 has it, or bare as many write it. */
export function idempotencyKeyIn(header: string): string {
	const pattern = /^\s*(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*)"|([!#-~]*))\s*$/;
	const [, quoted, bare] = pattern.exec(header) ?? [];
	const key = quoted ?? bare ?? "";
	if (key.length >= keyLengthMinimum && key.length <= keyLengthMaximum) return key;
	const message =
		`Idempotency-Key has ${keyLengthMinimum} to ${keyLengthMaximum} letters that nobody guesses, ` +
		"such as a UUID, in quotation marks.";
	throw new OperatorError("idempotency-key", message);
}

/** The answer that is kept; `undefined` when it is on the caller to make the change. */
function begin(
	core: Core,
	{ id, caller, requestDigest }: Pick<IdempotencyKeyRow, "id" | "caller" | "requestDigest">,
): Promise<Uint8Array | undefined> {
	return core.writer.write(async (database) => {
		const time = timeOf(core);
		const row = await findIdempotencyKey(database, id, time);
		if (row !== undefined) {
			if (row.requestDigest !== requestDigest) {
				const message = "This Idempotency-Key was used for another request. Take a new one.";
				throw new OperatorError("idempotency-reused", message);
			}
			if (row.answer !== null) return row.answer;
			if (row.changedAt !== null || isYoung(row, time)) throw underWay(row, time);
		}
		const begun = { id, caller, requestDigest, begunAt: time };
		await insertIdempotencyKey(database, { ...begun, changedAt: null, answer: null, length: 0 });
		return undefined;
	});
}

/** One that a clock has begun which was ahead isn't. */
function isYoung({ begunAt }: IdempotencyKeyRow, time: number): boolean {
	return Math.abs(time - begunAt) < underWaySeconds;
}

function underWay(row: IdempotencyKeyRow, time: number): OperatorError {
	const { changedAt } = row;
	const isLost = changedAt !== null && !isYoung(row, time);
	const message = isLost
		? "The change was made, and its answer is lost: the service has stopped meanwhile. " +
			"Look at what there is now."
		: "The same request is under way. Ask again in a moment.";
	return new OperatorError(isLost ? "idempotency-lost" : "idempotency-underway", message);
}

function cipherKeyOf(key: string): Uint8Array {
	return new Uint8Array(hkdfSync("sha256", key, "", "opendms answer", cipherKeyLength));
}

function seal(key: string, text: string): Uint8Array {
	const nonce = randomBytes(nonceLength);
	const sealing = createCipheriv(cipher, cipherKeyOf(key), nonce);
	const parts = [nonce, sealing.update(text, "utf8"), sealing.final(), sealing.getAuthTag()];
	return Uint8Array.from(Buffer.concat(parts));
}

function open(key: string, sealed: Uint8Array): string {
	const nonce = sealed.subarray(0, nonceLength);
	const opening = createDecipheriv(cipher, cipherKeyOf(key), nonce, { authTagLength: tagLength });
	opening.setAuthTag(sealed.subarray(-tagLength));
	const text = [opening.update(sealed.subarray(nonceLength, -tagLength)), opening.final()];
	return Buffer.concat(text).toString("utf8");
}

/** What the API says of a failure: RFC 9457, with our rule. */

import { STATUS_CODES } from "node:http";
import * as z from "zod";
import { OperatorError } from "../operator-error.js";
import { databaseFailureOf, type FailureKind } from "../storage/failures.js";

export interface Problem {
	readonly type: "about:blank";
	readonly title: string;
	readonly status: number;
	/** What is wrong and what to do, in a sentence. */
	readonly detail: string;
	readonly rule: string;
}

export function problemOf(status: number, rule: string, detail: string): Problem {
	return { type: "about:blank", title: STATUS_CODES[status] ?? "", status, detail, rule };
}

/** The operator hears more of it: from the log. */
const databaseProblems: { readonly [kind in FailureKind]: Problem } = Object.freeze({
	busy: problemOf(503, "busy", "The service is busy. Try again."),
	full: problemOf(507, "file", "The service's disk is full. Its operator must make room on it."),
	unavailable: problemOf(503, "database", "The service's database is away. Try again later."),
});

/** What was sent can't be what was meant; the message says why. */
export class InputError extends Error {}

/** A request's body, read. That who sends has gone, or sends no form, is no fault of ours. */
export async function received<T>(body: Promise<T>): Promise<T> {
	try {
		return await body;
	} catch (error) {
		if (error instanceof LengthError || error instanceof InputError) throw error;
		throw new InputError("What was sent can't be read, or has broken off. Send it again.");
	}
}

/** Longer than what is taken. */
export class LengthError extends Error {
	constructor(bytesMaximum: number) {
		super(`That is longer than what is taken here: ${bytesMaximum} bytes.`);
	}
}

/** `undefined` for what nobody has foreseen. */
export function problemOfError(error: unknown): Problem | undefined {
	if (error instanceof OperatorError) {
		return problemOf(statusOf(error.rule), error.rule, error.message);
	}
	if (error instanceof InputError) return problemOf(422, "input", error.message);
	if (error instanceof LengthError) return problemOf(413, "length", error.message);
	if (error instanceof z.ZodError) return problemOf(422, "input", sentenceOf(error));
	const kind = databaseFailureOf(error)?.kind;
	return kind === undefined ? undefined : databaseProblems[kind];
}

const statuses: { readonly [rule: string]: number } = Object.freeze({
	...{
		"idempotency-key": 400,
		"idempotency-underway": 409,
		"idempotency-lost": 409,
		"product-access": 403,
		role: 403,
		"admin-last": 409,
		"device-revoked": 409,
		"batch-closed": 409,
		"board-unfinished": 409,
		"log-in": 401,
		"log-in-wait": 429,
		busy: 503,
		changed: 409,
		oidc: 503,
	},
});

function statusOf(rule: string): number {
	const known = statuses[rule];
	if (known !== undefined) return known;
	if (rule.endsWith("-unknown")) return 404;
	if (rule.endsWith("-other")) return 403;
	const isConflict = /-(exists|taken|owns|used)$/.test(rule);
	return isConflict ? 409 : 422;
}

/** The first thing that is wrong, and where. */
function sentenceOf({ issues: [issue] }: z.ZodError): string {
	const where = issue?.path.join(".") ?? "";
	const message = issue?.message ?? "It can't be read";
	return (where === "" ? "" : where + ": ") + message + ".";
}

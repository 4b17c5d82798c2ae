/** What an endpoint answers with, and how that becomes an HTTP response. */

import { encodeMap, type MessagePackMap } from "../../../src/protocol/message-pack.js";
import { mediaType } from "../../../src/protocol/messages.js";
import {
	type RefusalKind,
	type RefusalNames,
	refusals,
	type Rule,
	sentenceOf,
} from "../rules/refusals.js";

export interface Answer {
	readonly status: number;
	/** MessagePack; a 204 has none. */
	readonly body?: Uint8Array | undefined;
	/** A body that is made as fast as the client takes it; its length is among `headers`. */
	readonly stream?: ReadableStream<Uint8Array>;
	/** The rule that refused, when one did. */
	readonly rule?: Rule;
	readonly headers?: { readonly [name: string]: string };
	/** For the log: the device's UUID, or the beginning of a key's name. */
	readonly who?: string | undefined;
}

export const noContent: Answer = Object.freeze({ status: 204 });

/** What is refused to protect the service is worth asking again soon. */
const retryAfterSeconds = "5";
/** Long beside that, and short enough for a person who waits at a console. */
const eagerRetryAfterSeconds = "60";
const roomRetryAfterSeconds = "300";
/** A database that is started again is there within a minute. */
const thereRetryAfterSeconds = "30";

export function answerWith(map: MessagePackMap): Answer {
	return { status: 200, body: encodeMap(map) };
}

/** The refusal of a rule, with the names that its sentence has room for. */
export function refuse(rule: Rule, names: RefusalNames = {}): Answer {
	const headers = rule === "busy" ? { "retry-after": retryAfterSeconds } : {};
	const { status }: RefusalKind = refusals[rule];
	return refusalOf(rule, status, sentenceOf(rule, names), headers);
}

/** `busy`, to one alone who asks too often. */
export function refuseEager(): Answer {
	const headers = { "retry-after": eagerRetryAfterSeconds };
	return refusalOf("busy", 429, refusals.busy.sentence, headers);
}

/** `busy`, while the disk is full: a person has to make room first. */
export function refuseUntilRoom(): Answer {
	return refuseBusy(roomRetryAfterSeconds);
}

/** `busy`, while the database can't be reached, or the clock is not to be believed. */
export function refuseUntilThere(): Answer {
	return refuseBusy(thereRetryAfterSeconds);
}

function refuseBusy(retryAfter: string): Answer {
	const headers = { "retry-after": retryAfter };
	return refusalOf("busy", refusals.busy.status, refusals.busy.sentence, headers);
}

/** A `request` refusal with a more exact status than 400, or a more exact sentence. */
export function refuseRequest(
	status: number,
	sentence: string = refusals.request.sentence,
	headers: { readonly [name: string]: string } = {},
): Answer {
	return refusalOf("request", status, sentence, headers);
}

/** The response of an answer that was given at `now` milliseconds since 1970. */
export function toResponse(answer: Answer, now: number): Response {
	const { status, body, stream = null } = answer;
	const headers = fieldsOf(answer, now);
	return new Response(body === undefined ? stream : Uint8Array.from(body), { status, headers });
}

/** The fields of that response. */
export function fieldsOf(answer: Answer, now: number): { [name: string]: string } {
	const { headers, body } = answer;
	const date = dateOf(now);
	const content = body && { "content-type": mediaType, "content-length": String(body.length) };
	return { "cache-control": "no-store", ...content, ...headers, date };
}

/** The same for all answers of a second. */
const lastDate = { second: 0, text: new Date(0).toUTCString() };

function dateOf(now: number): string {
	const second = Math.floor(now / 1000);
	if (second !== lastDate.second) {
		lastDate.second = second;
		lastDate.text = new Date(now).toUTCString();
	}
	return lastDate.text;
}

function refusalOf(
	rule: Rule,
	status: number,
	message: string,
	headers: { readonly [name: string]: string },
): Answer {
	const body = encodeMap({ result: refusals[rule].result, rule, message });
	return { status, body, rule, headers };
}

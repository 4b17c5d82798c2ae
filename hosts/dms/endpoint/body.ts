/** Reads a request's body, never more of it than the protocol allows. */

import { mediaType, requestLengthMaximum } from "../../../src/protocol/messages.js";
import { type Answer, refuseRequest } from "./answer.js";
import type { Incoming } from "./incoming.js";

/** The bytes behind the connection's next request can't be told from the rest of such a body. */
const closing = Object.freeze({ connection: "close" });

/** The body of a request that must have one, or why it is refused. */
export async function readBody(incoming: Incoming): Promise<Uint8Array | Answer> {
	const length = declaredLength(incoming);
	if (length === undefined) {
		return refuseRequest(411, "The request's body has no content-length. Send one.", closing);
	}
	if (length > requestLengthMaximum) return tooLong();
	if (incoming.fields.get("content-type")?.toLowerCase() !== mediaType) {
		return refuseRequest(415, "The request's body must be " + mediaType + ".", closing);
	}
	const body = await incoming.read(length);
	return body?.length === length ? body : refuseRequest(400);
}

/** Whether the request announces a body. */
export function hasBody(incoming: Incoming): boolean {
	const { fields } = incoming;
	return fields.has("transfer-encoding") || (fields.get("content-length") ?? "0") !== "0";
}

/** Nothing, for a request that must have no body, or why it is refused. */
export function readNoBody(incoming: Incoming): Uint8Array | Answer {
	if (!hasBody(incoming)) return new Uint8Array();
	return refuseRequest(400, "This request takes no body.", closing);
}

/** `undefined` when there is none, or the body would come in chunks. */
function declaredLength(incoming: Incoming): number | undefined {
	const text = incoming.fields.get("content-length");
	const isNumber = text !== null && /^\d{1,15}$/.test(text);
	return isNumber && !incoming.fields.has("transfer-encoding") ? Number(text) : undefined;
}

function tooLong(): Answer {
	const sentence = "The request's body is longer than " + requestLengthMaximum + " bytes.";
	return refuseRequest(413, sentence, closing);
}

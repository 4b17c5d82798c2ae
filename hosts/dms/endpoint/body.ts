/** Reads a request's body, never more of it than the protocol allows. */

import { concatenate } from "../../../src/encoding/bytes.js";
import { mediaType, requestLengthMaximum } from "../../../src/protocol/messages.js";
import { type Answer, refuseRequest } from "./answer.js";

/** The bytes behind the connection's next request can't be told from the rest of such a body. */
const closing = Object.freeze({ connection: "close" });

/** The body of a request that must have one, or why it is refused. */
export async function readBody(request: Request): Promise<Uint8Array | Answer> {
	const length = declaredLength(request);
	if (length === undefined) {
		return refuseRequest(411, "The request's body has no content-length. Send one.", closing);
	}
	if (length > requestLengthMaximum) return tooLong();
	if (request.headers.get("content-type")?.toLowerCase() !== mediaType) {
		return refuseRequest(415, "The request's body must be " + mediaType + ".", closing);
	}
	const body = await readAtMost(request, length);
	return body?.length === length ? body : refuseRequest(400);
}

/** Whether the request announces a body. */
export function hasBody(request: Request): boolean {
	const { headers } = request;
	return headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0";
}

/** Nothing, for a request that must have no body, or why it is refused. */
export function readNoBody(request: Request): Uint8Array | Answer {
	if (!hasBody(request)) return new Uint8Array();
	return refuseRequest(400, "This request takes no body.", closing);
}

/** `undefined` when there is none, or the body would come in chunks. */
function declaredLength(request: Request): number | undefined {
	const text = request.headers.get("content-length");
	const isNumber = text !== null && /^\d{1,15}$/.test(text);
	return isNumber && !request.headers.has("transfer-encoding") ? Number(text) : undefined;
}

/** The bytes; `undefined` when there are more than `length`, or the client went away. */
async function readAtMost(request: Request, length: number): Promise<Uint8Array | undefined> {
	if (request.body === null) return new Uint8Array();
	const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
	let bytes: Uint8Array = new Uint8Array();
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return bytes;
			bytes = concatenate(bytes, value);
			if (bytes.length > length) return void (await reader.cancel());
		}
	} catch {
		return undefined; // The connection broke: nobody is there to hear more.
	}
}

function tooLong(): Answer {
	const sentence = "The request's body is longer than " + requestLengthMaximum + " bytes.";
	return refuseRequest(413, sentence, closing);
}

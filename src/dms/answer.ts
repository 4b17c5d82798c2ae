/** Whether an answer is the service's own: its signature, RFC 9421 for responses. */

import { fromBase64 } from "../encoding/bytes.js";
import { utf8Encode } from "../encoding/utf8.js";
import type { Crypto } from "../host.js";
import type { Reply } from "../network/http.js";
import { isSignature, keyId } from "../protocol/key.js";
import {
	answerSignatureBase,
	answerSignatureInput,
	contentDigest,
	serviceLabel,
	type SignedAnswer,
} from "../protocol/signature.js";

const memberStart = serviceLabel + "=";
const createdName = ";created=";

/**
 * Whether `reply` is signed by `key` and answers the request whose signature has the value
 * `requestSignature`. The form of `signature-input` is fixed, so it is compared, not read.
 */
export function isAnswerOf(
	reply: Reply,
	requestSignature: string,
	key: Uint8Array,
	crypto: Crypto,
): boolean {
	const input = memberOf(reply, "signature-input");
	const signature = fromBase64(memberOf(reply, "signature").slice(1, -1));
	const answer: SignedAnswer = {
		status: reply.status,
		contentDigest: reply.body.length > 0 ? contentDigest(crypto.sha256(reply.body)) : undefined,
		retryAfter: reply.fields.get("retry-after"),
		requestSignature,
	};
	const created = input.slice(
		input.indexOf(createdName) + createdName.length,
		input.indexOf(";alg"),
	);
	return (
		input === answerSignatureInput(answer, created, keyId(key, crypto)) &&
		signature !== undefined &&
		isSignature(signature) &&
		crypto.verify(key, crypto.sha256(utf8Encode(answerSignatureBase(answer, input))), signature)
	);
}

/** Whether `reply` says that `key` has signed it; also when it says nothing of a key. */
export function isByKey(reply: Reply, key: Uint8Array, crypto: Crypto): boolean {
	const input = memberOf(reply, "signature-input");
	return input === "" || input.endsWith('"' + keyId(key, crypto) + '"');
}

/** The value of the service's member of a dictionary, or nothing. */
function memberOf({ fields }: Reply, name: string): string {
	const field = fields.get(name) ?? "";
	return field.startsWith(memberStart) ? field.slice(memberStart.length) : "";
}

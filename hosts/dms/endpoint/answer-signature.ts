/** The signature of an answer: RFC 9421 for responses, by the key of the server's certificate. */

import { createPublicKey, sign } from "node:crypto";
import { isInnerList, parseDictionary, serializeItem } from "structured-headers";
import { keyId } from "../../../src/protocol/key.js";
import {
	answerSignatureBase,
	answerSignatureInput,
	deviceLabel,
	serviceLabel,
	type SignedAnswer,
} from "../../../src/protocol/signature.js";
import { type Credential, publicPointOf } from "../authority/credential.js";
import { readPlainMember } from "../signature/plain-fields.js";
import type { Fields } from "./incoming.js";
import { contentDigestOf, sha256 } from "../digest.js";
import type { Answer } from "./answer.js";

/** The names of the servers' keys, which cost some time to find. */
const keyIds = new WeakMap<Credential, string>();

/**
 * The fields that sign `answer` to the request with `requestFields`; none when no device's
 * signature is in it, and none for an image's bytes, whose hashes the publisher has signed. `time`
 * is in seconds since 1970.
 */
export async function answerSignature(
	answer: Answer,
	requestFields: Fields,
	serverCredential: () => Promise<Credential>,
	time: number,
): Promise<{ readonly [name: string]: string }> {
	const requestSignature = deviceSignature(requestFields);
	if (requestSignature === undefined || answer.stream !== undefined) return {};
	const server = await serverCredential();
	const { status, body, headers = {} } = answer;
	const signed: SignedAnswer = {
		status,
		contentDigest: body && contentDigestOf(body),
		retryAfter: headers["retry-after"],
		requestSignature,
	};
	const input = answerSignatureInput(signed, String(time), keyIdOf(server));
	const base = Buffer.from(answerSignatureBase(signed, input), "latin1");
	const key = { key: server.privateKey, dsaEncoding: "ieee-p1363" } as const;
	return {
		...(signed.contentDigest !== undefined && { "content-digest": signed.contentDigest }),
		"signature-input": serviceLabel + "=" + input,
		signature: serviceLabel + "=:" + sign("sha256", base, key).toString("base64") + ":",
	};
}

/** The value of the device's member of the `signature` field, as RFC 9421 section 2.1.2 has it. */
function deviceSignature(fields: Fields): string | undefined {
	const field = fields.get("signature");
	if (field === null) return undefined;
	const plain = readPlainMember(field);
	if (plain !== undefined) return plain;
	try {
		const member = parseDictionary(field).get(deviceLabel);
		if (member === undefined || isInnerList(member)) return undefined;
		return member[0] instanceof ArrayBuffer ? serializeItem(member) : undefined;
	} catch {
		return undefined; // Not a dictionary of RFC 9651.
	}
}

function keyIdOf(server: Credential): string {
	let id = keyIds.get(server);
	if (id === undefined) {
		id = keyId(publicPointOf(createPublicKey(server.privateKey)), { sha256 });
		keyIds.set(server, id);
	}
	return id;
}

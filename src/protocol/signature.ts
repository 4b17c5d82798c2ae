/**
 * HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530), as our requests carry them.
 */

import { toBase64 } from "../encoding/bytes.js";

/** The algorithm's name in RFC 9421 section 6.2.2. */
export const signatureAlgorithm = "ecdsa-p256-sha256";
/** How far `created` may be from the service's clock, in seconds, either way. */
export const createdToleranceSeconds = 300;
/** Letters of a nonce: 16 random bytes in base64url. */
export const nonceLength = 22;
/** The signature by the device's own key: in every signed request. */
export const deviceLabel = "device";
/** The signature by the token key: beside the device's in `POST /provision`. */
export const tokenLabel = "token";
/** The signature by the next key: beside the device's in `POST /renewal`. */
export const nextLabel = "next";

/** The signature by the server's key: in every answer to a request that has a device's. */
export const serviceLabel = "service";

/** What a signature covers besides its own parameters. */
export interface SignedRequest {
	readonly method: string;
	readonly path: string;
	/** With its question mark, when the request has a query. */
	readonly query?: string;
	/** The value of the `content-digest` field, when the request has a body. */
	readonly contentDigest?: string | undefined;
}

export interface SignatureParameters {
	/** Seconds since 1970. */
	readonly created: number;
	/** `nonceLength` letters of base64url. */
	readonly nonce: string;
	/** See `keyId`. */
	readonly keyId: string;
}

/** The value of `content-digest` for a body with this SHA-256. */
export function contentDigest(digest: Uint8Array): string {
	return "sha-256=:" + toBase64(digest) + ":";
}

/** The value of one member of `signature-input`: the components covered, then the parameters. */
export function signatureInput(request: SignedRequest, parameters: SignatureParameters): string {
	let components = '"@method" "@path"';
	if (request.query !== undefined) components += ' "@query"';
	if (request.contentDigest !== undefined) components += ' "content-digest"';
	const { created, nonce, keyId } = parameters;
	return "(" + components + ");created=" + created + ';nonce="' + nonce + '"' + madeBy(keyId);
}

/** The signature base of RFC 9421 section 2.5: the text whose SHA-256 is signed. */
export function signatureBase(request: SignedRequest, input: string): string {
	let base = '"@method": ' + request.method + '\n"@path": ' + request.path;
	if (request.query !== undefined) base += '\n"@query": ' + request.query;
	if (request.contentDigest !== undefined) base += '\n"content-digest": ' + request.contentDigest;
	return base + '\n"@signature-params": ' + input;
}

function madeBy(keyId: string): string {
	return ';alg="' + signatureAlgorithm + '";keyid="' + keyId + '"';
}

/** What the signature of an answer covers besides its own parameters. */
export interface SignedAnswer {
	readonly status: number;
	/** The value of the `content-digest` field, when the answer has a body. */
	readonly contentDigest?: string | undefined;
	/** The value of the `retry-after` field, when the answer has one. */
	readonly retryAfter?: string | undefined;
	/** The device's member of the request's `signature` field: `:`, base64, `:`. */
	readonly requestSignature: string;
}

/** The value of an answer's member of `signature-input`; a service writes it in just this form. */
export function answerSignatureInput(answer: SignedAnswer, created: string, id: string): string {
	let components = '"@status"';
	if (answer.contentDigest !== undefined) components += ' "content-digest"';
	if (answer.retryAfter !== undefined) components += ' "retry-after"';
	components += " " + requestSignatureName;
	return "(" + components + ");created=" + created + madeBy(id);
}

/** The signature base of an answer; see `signatureBase`. */
export function answerSignatureBase(answer: SignedAnswer, input: string): string {
	let base = '"@status": ' + answer.status;
	if (answer.contentDigest !== undefined) base += '\n"content-digest": ' + answer.contentDigest;
	if (answer.retryAfter !== undefined) base += '\n"retry-after": ' + answer.retryAfter;
	base += "\n" + requestSignatureName + ": " + answer.requestSignature;
	return base + '\n"@signature-params": ' + input;
}

/** Binds an answer to its request: RFC 9421 section 2.4. */
const requestSignatureName = '"signature";req;key="' + deviceLabel + '"';

/** One member of the `signature` field's dictionary. */
export function signatureMember(label: string, signature: Uint8Array): string {
	return label + "=:" + toBase64(signature) + ":";
}

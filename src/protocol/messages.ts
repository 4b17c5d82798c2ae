/**
 * What device and service say to each other. PROTOCOL.md is the normative page. Byte strings in
 * decoded messages are views of the message's own bytes.
 */

import { asciiBytes, concatenate, fromHex, toHex } from "../encoding/bytes.js";
import { publicKeyLength, signatureLength, uncompressedPoint } from "./key.js";
import { decodeMap, type MessagePackMap, type MessagePackValue } from "./message-pack.js";
import { type DmsResult, resultOf } from "./result.js";

/** The registered media type of MessagePack; every body has it. */
export const mediaType = "application/vnd.msgpack";

export const path = Object.freeze({
	hello: "/hello",
	provision: "/provision",
	claim: "/claim",
	activate: "/activate",
	update: "/update",
	renewal: "/renewal",
});

/** A request's body: the longest is a claim or a provision request, well below. */
export const requestLengthMaximum = 4096;
/** A reply's body: the longest of ours is a hello with two certificates, about 1,200 bytes. */
export const replyLengthMaximum = 4096;
/** A certificate's DER; ours take 400 to 600 bytes. */
const certificateLengthMaximum = 1500;
/** A name of a person, product, platform, version or piece of hardware. */
export const nameLengthMaximum = 64;
/** A claim or activation token's text. */
const claimTokenLengthMaximum = 64;
/** A sentence in a refusal. */
export const messageLengthMaximum = 300;

const uuidLength = 20;
const digestLength = 32;
/** Enough to tell one CA from the next: which one it is, the fingerprint proves. */
const authorityNameBytes = 8;

/** All fields of all messages: in flash one text takes a third of what a list does. */
const fieldNames =
	" authority block blocks body bundle certificate digest expires floor generation hardware " +
	"interval key keys length message nonce percent platform platformKey product result rule " +
	"sequence signature signatures status time title token user uuid version wanted ";

/** The fields of a message that are known here, or `undefined` when it is no map. */
export function decodeMessage(bytes: Uint8Array): MessagePackMap | undefined {
	return decodeMap(bytes, fieldNames);
}

/** Whether `text` is a UUID of a device: 40 hexadecimal digits. */
export function isUuid(text: string): boolean {
	return fromHex(text)?.length === uuidLength;
}

/** Answer of `GET /hello`: the body below, and its signature by the key of its certificate. */
export interface HelloReply {
	readonly body: Uint8Array;
	readonly signature: Uint8Array;
}

export interface Hello {
	/** The asker's, from the query. */
	readonly nonce: string;
	/** Seconds since 1970. */
	readonly time: number;
	/** DER of the CA's certificate. */
	readonly authority: Uint8Array;
	/** DER of the certificate, issued by that CA, whose key signed this. */
	readonly certificate: Uint8Array;
}

/** Sets a hello apart from whatever else the server's key signs (TLS, above all). */
const helloContext = "opendms hello 1";

/** The bytes whose SHA-256 is signed for a hello's body. */
export function helloSigned(body: Uint8Array): Uint8Array {
	return concatenate(asciiBytes(helloContext), Uint8Array.of(0), body);
}

export function decodeHelloReply(bytes: Uint8Array): HelloReply | undefined {
	const map = decodeMessage(bytes);
	const body = bytesIn(map, "body", replyLengthMaximum);
	const signature = bytesIn(map, "signature", signatureLength);
	return body && signature ? { body, signature } : undefined;
}

export function decodeHello(bytes: Uint8Array): Hello | undefined {
	const map = decodeMessage(bytes);
	const nonce = textIn(map, "nonce", nameLengthMaximum);
	const time = wholeNumberIn(map, "time");
	const authority = bytesIn(map, "authority", certificateLengthMaximum);
	const certificate = bytesIn(map, "certificate", certificateLengthMaximum);
	if (nonce === undefined || time === undefined) return undefined;
	return authority && certificate ? { nonce, time, authority, certificate } : undefined;
}

/** Body of `POST /provision`. */
export interface ProvisionRequest {
	/** The device's public key: an uncompressed P-256 point of 65 bytes. */
	readonly key: Uint8Array;
	/** What tells this piece of hardware from others, as its maker does: its MAC address. */
	readonly hardware: string;
	/** What kind of hardware it is, such as `esp32`; a product's firmware is for one platform. */
	readonly platform: string;
	/** Version of the firmware: four numbers. */
	readonly version: string;
	/** The UUID that was set on the device, if one was. */
	readonly uuid?: string | undefined;
}

export function decodeProvisionRequest(bytes: Uint8Array): ProvisionRequest | undefined {
	const map = decodeMessage(bytes);
	const key = bytesIn(map, "key", publicKeyLength);
	const hardware = textIn(map, "hardware", nameLengthMaximum);
	const platform = textIn(map, "platform", nameLengthMaximum);
	const version = textIn(map, "version", nameLengthMaximum);
	const uuid = textIn(map, "uuid", 2 * uuidLength);
	if (map?.uuid !== undefined && (uuid === undefined || !isUuid(uuid))) return undefined;
	if (key?.length !== publicKeyLength || key[0] !== uncompressedPoint) return undefined;
	if (hardware === undefined || platform === undefined || version === undefined) return undefined;
	return { key, hardware, platform, version, uuid: uuid?.toLowerCase() };
}

/** Answer of `POST /provision`. */
export interface ProvisionReply {
	/** 40 hexadecimal digits, lower case. */
	readonly uuid: string;
	/** DER of the device's X.509 certificate. */
	readonly certificate: Uint8Array;
}

export function decodeProvisionReply(bytes: Uint8Array): ProvisionReply | undefined {
	const map = decodeMessage(bytes);
	const uuid = textIn(map, "uuid", 2 * uuidLength);
	const certificate = bytesIn(map, "certificate", certificateLengthMaximum);
	if (uuid === undefined || !isUuid(uuid) || certificate === undefined) return undefined;
	return { uuid: uuid.toLowerCase(), certificate };
}

/** Body of `POST /renewal`. */
export interface RenewalRequest {
	/** The device's next public key: an uncompressed P-256 point of 65 bytes. */
	readonly key: Uint8Array;
	/** SHA-256 of the DER of the CA that the device trusts. */
	readonly authority: Uint8Array;
}

export function decodeRenewalRequest(bytes: Uint8Array): RenewalRequest | undefined {
	const map = decodeMessage(bytes);
	const key = bytesIn(map, "key", publicKeyLength);
	const authority = bytesIn(map, "authority", digestLength);
	if (key?.length !== publicKeyLength || key[0] !== uncompressedPoint) return undefined;
	return authority?.length === digestLength ? { key, authority } : undefined;
}

/** Answer of `POST /renewal`. */
export interface RenewalReply {
	/** DER of the X.509 certificate for the next key. */
	readonly certificate: Uint8Array;
	/** The signed statement of the next CA, when the certificate is by that. */
	readonly authority?: Uint8Array | undefined;
}

export function decodeRenewalReply(bytes: Uint8Array): RenewalReply | undefined {
	const map = decodeMessage(bytes);
	const certificate = bytesIn(map, "certificate", certificateLengthMaximum);
	const authority = bytesIn(map, "authority", replyLengthMaximum);
	return certificate && { certificate, authority };
}

/** Sets the statement of a next CA apart from all else that a CA's key signs. */
const nextAuthorityContext = "opendms next authority 1";

/** The bytes whose SHA-256 the present CA signs: `body` is a map whose `authority` is the next. */
export function nextAuthoritySigned(body: Uint8Array): Uint8Array {
	return concatenate(asciiBytes(nextAuthorityContext), Uint8Array.of(0), body);
}

/** DER of the CA in the body of a statement. */
export function decodeNextAuthority(body: Uint8Array): Uint8Array | undefined {
	return bytesIn(decodeMessage(body), "authority", certificateLengthMaximum);
}

/** How a device says which CA it trusts: the first digits of its fingerprint. */
export function authorityName(fingerprint: Uint8Array): string {
	return toHex(fingerprint.subarray(0, authorityNameBytes));
}

/** The protocol by which it says so in TLS (RFC 7301). */
export function authorityProtocol(fingerprint: Uint8Array): string {
	return "opendms-" + authorityName(fingerprint);
}

/** Body of `PUT /provision`: what the device keeps, and what it is. */
export interface AcknowledgeRequest {
	/** DER of the device's X.509 certificate. */
	readonly certificate: Uint8Array;
	readonly hardware: string;
	readonly platform: string;
	readonly version: string;
}

export function decodeAcknowledgeRequest(bytes: Uint8Array): AcknowledgeRequest | undefined {
	const map = decodeMessage(bytes);
	const certificate = bytesIn(map, "certificate", certificateLengthMaximum);
	const hardware = textIn(map, "hardware", nameLengthMaximum);
	const platform = textIn(map, "platform", nameLengthMaximum);
	const version = textIn(map, "version", nameLengthMaximum);
	if (hardware === undefined || platform === undefined || version === undefined) return undefined;
	return certificate && { certificate, hardware, platform, version };
}

/** Body of `POST /claim`: the text of a claim token or of an activation token. */
export interface ClaimRequest {
	readonly token: string;
}

export function decodeClaimRequest(bytes: Uint8Array): ClaimRequest | undefined {
	const token = textIn(decodeMessage(bytes), "token", claimTokenLengthMaximum);
	return token === undefined ? undefined : { token };
}

/** Answer of `POST /claim`. */
export interface ClaimReply {
	/** Name of the user who owns the device now. */
	readonly user: string;
	/** Code of the product, when the token was an activation token. */
	readonly product?: string | undefined;
	/** The product's key statement, signed, if it has one. */
	readonly key?: Uint8Array | undefined;
}

export function decodeClaimReply(bytes: Uint8Array): ClaimReply | undefined {
	const map = decodeMessage(bytes);
	const user = textIn(map, "user", nameLengthMaximum);
	const product = textIn(map, "product", nameLengthMaximum);
	const key = bytesIn(map, "key", replyLengthMaximum);
	return user === undefined ? undefined : { user, product, key };
}

/**
 * Body of `POST /activate`. The answer is a map: `product` and `title`, and what is yet to come.
 */
export interface ActivateRequest {
	/** The product's code, such as `ACME-LAMP`. */
	readonly product: string;
}

export function decodeActivateRequest(bytes: Uint8Array): ActivateRequest | undefined {
	const product = textIn(decodeMessage(bytes), "product", nameLengthMaximum);
	return product === undefined ? undefined : { product };
}

/** Body of every answer with a status of 400 or above. */
export interface Refusal {
	readonly result: DmsResult;
	/** Name of the rule that refused, such as `claim-before-activate`. */
	readonly rule: string;
	/** A sentence for a person. */
	readonly message: string;
}

export function decodeRefusal(bytes: Uint8Array): Refusal | undefined {
	const map = decodeMessage(bytes);
	const result = resultOf(map?.result);
	const rule = textIn(map, "rule", nameLengthMaximum);
	const message = textIn(map, "message", messageLengthMaximum);
	if (result === undefined || rule === undefined || message === undefined) return undefined;
	return { result, rule, message };
}

/**
 * A text of 1 to `lengthMaximum` printable characters; control characters never reach a console.
 */
export function textIn(
	map: MessagePackMap | undefined,
	name: string,
	lengthMaximum: number,
): string | undefined {
	const value = fieldOf(map, name);
	if (typeof value !== "string" || value === "") return undefined;
	let length = 0; // Not the string's own: that counts otherwise on V8 than on XS.
	for (const character of value) {
		const codePoint = character.codePointAt(0) ?? 0;
		if (++length > lengthMaximum) return undefined;
		if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return undefined;
	}
	return value;
}

/** A view of the message's own bytes: who keeps it copies it, or the message stays in memory. */
export function bytesIn(
	map: MessagePackMap | undefined,
	name: string,
	lengthMaximum: number,
): Uint8Array | undefined {
	const value = fieldOf(map, name);
	if (!(value instanceof Uint8Array)) return undefined;
	return value.length > 0 && value.length <= lengthMaximum ? value : undefined;
}

export function wholeNumberIn(map: MessagePackMap | undefined, name: string): number | undefined {
	const value = fieldOf(map, name);
	return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function fieldOf(map: MessagePackMap | undefined, name: string): MessagePackValue | undefined {
	return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

/**
 * The provisioning token: one paste that holds all a blank device needs to find and trust its
 * service.
 *
 *     dms1/dms.example.com:8443/<64 letters of base64url>/<5 hex digits>
 *
 * The letters are 16 bytes of secret and 32 bytes of the CA's SHA-256 fingerprint; the digits are
 * the first 20 bits of the SHA-256 of everything before their slash, so that a slip is noticed
 * here.
 */

import { asciiBytes, concatenate, fromBase64Url, toBase64Url, toHex } from "../encoding/bytes.js";
import { ipv4Of } from "../encoding/ipv4.js";
import type { Hasher } from "./key.js";

export interface ProvisioningToken {
	/** The service's address, see `parseAddress`. */
	readonly address: string;
	/** 16 bytes: the seed of the token key. It never leaves the device. */
	readonly secret: Uint8Array;
	/** 32 bytes: SHA-256 of the CA certificate's DER. */
	readonly fingerprint: Uint8Array;
}

export interface Address {
	/** A DNS name or a dotted IPv4 address, in lower case. */
	readonly host: string;
	readonly port: number;
}

const tokenVersion = "dms1";
/** How every provisioning token begins. */
export const tokenPrefix = tokenVersion + "/";
export const tokenSecretLength = 16;
const keyTextLength = 64;
const checksumLength = 5;
export const portDefault = 443;
/** Room for a name of a hundred characters: a token with one still fits a line of the console. */
export const addressLengthMaximum = 106;

const digits = "0123456789";
const hostLetters = "abcdefghijklmnopqrstuvwxyz" + digits + ".-";
const labelLengthMaximum = 63;
const portMaximum = 0xffff;

/**
 * Host and port of `host` or `host:port`; `undefined` when it is neither. The port defaults to 443.
 */
export function parseAddress(text: string): Address | undefined {
	if (text.length > addressLengthMaximum) return undefined;
	const [host = "", portText, ...rest] = text.toLowerCase().split(":");
	if (rest.length > 0 || !isHost(host)) return undefined;
	if (portText === undefined) return { host, port: portDefault };
	const port = Number(portText);
	const isPort = consistsOf(portText, digits) && port >= 1 && port <= portMaximum;
	return isPort ? { host, port } : undefined;
}

/** What ends with a number is an IPv4 address or nothing (RFC 1123, section 2.1). */
function isHost(text: string): boolean {
	const labels = text.split(".");
	const isName = consistsOf(text, hostLetters) && labels.every((label) => isLabel(label));
	const isNumber = consistsOf(labels[labels.length - 1] ?? "", digits);
	return isName && (!isNumber || ipv4Of(text) !== undefined);
}

/** A label of RFC 1123: up to 63 letters, and it neither begins nor ends with a hyphen. */
function isLabel(label: string): boolean {
	const isLong = label === "" || label.length > labelLengthMaximum;
	return !isLong && !label.startsWith("-") && !label.endsWith("-");
}

function consistsOf(text: string, alphabet: string): boolean {
	for (let index = 0; index < text.length; index++) {
		if (!alphabet.includes(text.charAt(index))) return false;
	}
	return text !== "";
}

/** The text of a token. The address must be one that `parseAddress` takes. */
export function formatToken(token: ProvisioningToken, hasher: Hasher): string {
	const key = toBase64Url(concatenate(token.secret, token.fingerprint));
	const body = tokenVersion + "/" + token.address + "/" + key;
	return body + "/" + checksum(body, hasher);
}

/** What a token's text says; `undefined` when any letter of it is wrong. */
export function parseToken(text: string, hasher: Hasher): ProvisioningToken | undefined {
	const [version, address, key, check, ...rest] = text.split("/");
	if (version !== tokenVersion || rest.length > 0) return undefined;
	if (address === undefined || key === undefined || check === undefined) return undefined;
	if (key.length !== keyTextLength || parseAddress(address) === undefined) return undefined;
	const bytes = fromBase64Url(key);
	const body = text.slice(0, text.length - check.length - 1);
	if (bytes === undefined || checksum(body, hasher) !== check.toLowerCase()) return undefined;
	return {
		address: address.toLowerCase(),
		secret: bytes.slice(0, tokenSecretLength),
		fingerprint: bytes.slice(tokenSecretLength),
	};
}

function checksum(body: string, hasher: Hasher): string {
	return toHex(hasher.sha256(asciiBytes(body))).slice(0, checksumLength);
}

/** What publisher, service and device say to each other about updates; PROTOCOL.md, section 7. */

import { fromHex } from "../encoding/bytes.js";
import type { Crypto } from "../host.js";
import { publicKeyLength, signatureLength } from "./key.js";
import {
	isKeyOrSet,
	keySetSizeMaximum,
	type SetSignatures,
	setSignatureLength,
} from "./key-set.js";
import {
	bytesIn,
	decodeMessage,
	messageLengthMaximum,
	nameLengthMaximum,
	path,
	textIn,
	wholeNumberIn,
} from "./messages.js";
import { isVersion } from "./version.js";

/** Both kinds of statement, with their signature, are one reply of the service. */
export const statementLengthMaximum = 4096;
/**
 * A block is a multiple of the flash's erase block, and a device never refetches more than one. The
 * longest are for images of 8 MB, whose statement has room for a hundred digests.
 */
export const blockLengthMinimum = 4096;
export const blockLengthMaximum = 131_072;
const imageDigestLength = 32;

/** Enough to tell one key of a platform from the next. */
const platformKeyNameLength = 8;

/** How a device names the key of its platform that its firmware has: its SHA-256's first bytes. */
export function platformKeyName(key: Uint8Array, crypto: Pick<Crypto, "sha256">): Uint8Array {
	return crypto.sha256(key).subarray(0, platformKeyNameLength);
}

/** A body and a signature over it, by the key of whoever states it. */
export interface SignedStatement {
	readonly body: Uint8Array;
	/** Empty where only several sign. */
	readonly signature: Uint8Array;
	/** Of several, who sign as well: what keys of a set have to say to it. */
	readonly several: SetSignatures | undefined;
}

/** Signed by the platform's publisher: whose firmware a product's devices may run. */
export interface KeyStatement {
	readonly product: string;
	readonly platform: string;
	/** A higher one replaces a lower one. */
	readonly generation: number;
	/** The product's public key: an uncompressed point of 65 bytes; or a key set of 33. */
	readonly key: Uint8Array;
}

/** Signed by the product's publisher: what a bundle's image is, and who may run it. */
export interface Statement {
	readonly product: string;
	readonly platform: string;
	/** Four numbers. */
	readonly version: string;
	/** Counts up with each bundle of a product. */
	readonly sequence: number;
	/** The lowest version that devices of the product may still be given. */
	readonly floor: string;
	/** Seconds since 1970 from which on it is not to be installed any more. */
	readonly expires: number | undefined;
	/** Of the image, in bytes. */
	readonly length: number;
	/** SHA-256 of the image. */
	readonly digest: Uint8Array;
	/** Bytes of each block but the last. */
	readonly blockLength: number;
	/** SHA-256 of each block, one behind the other. */
	readonly blockDigests: Uint8Array;
}

export const bundleIdLength = 36;
/** What is signed is SHA-256(context, 0, body): the context sets the two kinds apart. */
export const keyStatementContext = "opendms key statement 1";
export const statementContext = "opendms statement 1";

/** The parts are views of `bytes`: a statement is too long to be in memory twice. */
export function decodeSignedStatement(bytes: Uint8Array): SignedStatement | undefined {
	const map = decodeMessage(bytes);
	const body = bytesIn(map, "body", statementLengthMaximum);
	const keys = bytesIn(map, "keys", keySetSizeMaximum * publicKeyLength);
	const none = new Uint8Array();
	const signatures = bytesIn(map, "signatures", keySetSizeMaximum * setSignatureLength) ?? none;
	const several = keys && { keys, signatures };
	const signature = bytesIn(map, "signature", signatureLength) ?? (several && none);
	return body && signature ? { body, signature, several } : undefined;
}

export function decodeKeyStatement(body: Uint8Array): KeyStatement | undefined {
	const map = decodeMessage(body);
	const product = textIn(map, "product", nameLengthMaximum);
	const platform = textIn(map, "platform", nameLengthMaximum);
	const generation = wholeNumberIn(map, "generation");
	const key = bytesIn(map, "key", publicKeyLength);
	if (product === undefined || platform === undefined || generation === undefined) return undefined;
	if (key === undefined || !isKeyOrSet(key)) return undefined;
	return { product, platform, generation, key };
}

/** As above, `blockDigests` is a view. What can't be true of any image is refused here. */
export function decodeStatement(body: Uint8Array): Statement | undefined {
	const map = decodeMessage(body);
	const product = textIn(map, "product", nameLengthMaximum);
	const platform = textIn(map, "platform", nameLengthMaximum);
	const version = textIn(map, "version", nameLengthMaximum);
	const sequence = wholeNumberIn(map, "sequence");
	const floor = textIn(map, "floor", nameLengthMaximum);
	const expires = wholeNumberIn(map, "expires");
	const length = wholeNumberIn(map, "length");
	const digest = bytesIn(map, "digest", imageDigestLength);
	const blockLength = wholeNumberIn(map, "block");
	const blockDigests = bytesIn(map, "blocks", statementLengthMaximum);
	if (product === undefined || platform === undefined || sequence === undefined) return undefined;
	if (version === undefined || !isVersion(version)) return undefined;
	if (floor === undefined || !isVersion(floor)) return undefined;
	if (map?.expires !== undefined && expires === undefined) return undefined;
	if (!length || digest?.length !== imageDigestLength || !blockDigests) return undefined;
	if (blockLength === undefined || !isBlockLength(blockLength)) return undefined;
	if (blockDigests.length !== Math.ceil(length / blockLength) * imageDigestLength) return undefined;
	return {
		...{ product, platform, version, sequence, floor, expires },
		...{ length, digest, blockLength, blockDigests },
	};
}

function isBlockLength(length: number): boolean {
	return (
		length >= blockLengthMinimum &&
		length <= blockLengthMaximum &&
		length % blockLengthMinimum === 0
	);
}

/** Where the service has a part of a bundle. */
export function bundlePath(bundle: string, part: "statement" | "image"): string {
	return path.update + "/" + bundle + "/" + part;
}

/** Whether `text` is a bundle's UUID: 36 characters, lower case, as RFC 9562 writes it. */
export function isBundleId(text: string): boolean {
	if (text.length !== bundleIdLength) return false;
	const digits = text.split("-");
	return digits.length === 5 && fromHex(digits.join(""))?.length === 16;
}

/** Body of `POST /update`: what the device has, and how its last update stands. */
export interface UpdateQuery {
	/** Version that runs: four numbers. */
	readonly version: string;
	/** Of the newest image that the device has confirmed; 0 for one that came by cable. */
	readonly sequence: number;
	/** Generation of the product key that the device has pinned; 0 for none. */
	readonly generation: number;
	/** Code of the product that the device is on, as far as it knows; empty for none. */
	readonly product?: string | undefined;
	/** Version that somebody asked for on the device; without it, whatever the service selects. */
	readonly wanted?: string | undefined;
	/** As in `ProvisionRequest`: the service notices a swapped board, and a copied flash. */
	readonly hardware?: string | undefined;
	/** `platformKeyName` of the key that its firmware has. */
	readonly platformKey?: Uint8Array | undefined;
}

export function decodeUpdateQuery(bytes: Uint8Array): UpdateQuery | undefined {
	const map = decodeMessage(bytes);
	const version = textIn(map, "version", nameLengthMaximum);
	const sequence = wholeNumberIn(map, "sequence");
	const generation = wholeNumberIn(map, "generation");
	const wanted = textIn(map, "wanted", nameLengthMaximum);
	if (version === undefined || sequence === undefined || generation === undefined) return undefined;
	const hardware = textIn(map, "hardware", nameLengthMaximum);
	if (map?.wanted !== undefined && wanted === undefined) return undefined;
	if (map?.hardware !== undefined && hardware === undefined) return undefined;
	const product = map?.product === "" ? "" : textIn(map, "product", nameLengthMaximum);
	if (map?.product !== undefined && product === undefined) return undefined;
	const platformKey = bytesIn(map, "platformKey", platformKeyNameLength);
	if (map?.platformKey !== undefined && platformKey?.length !== platformKeyNameLength) {
		return undefined;
	}
	return { version, sequence, generation, product, wanted, hardware, platformKey };
}

/** Answer of `POST /update`. */
export interface UpdateOffer {
	/** UUID of the bundle that applies to the device; absent when there is nothing to do. */
	readonly bundle: string | undefined;
	/** The bundle's version. */
	readonly version: string | undefined;
	/** Name of the rule that decided, such as `release`. */
	readonly rule: string;
	/** A sentence for a person. */
	readonly message: string;
	/** Seconds after which the service wants to be asked again. */
	readonly interval: number | undefined;
	/** A key statement, signed, when the product's is of a higher generation than the device's. */
	readonly key: Uint8Array | undefined;
}

export function decodeUpdateOffer(bytes: Uint8Array): UpdateOffer | undefined {
	const map = decodeMessage(bytes);
	const rule = textIn(map, "rule", nameLengthMaximum);
	const message = textIn(map, "message", messageLengthMaximum);
	const bundle = textIn(map, "bundle", nameLengthMaximum);
	if (rule === undefined || message === undefined) return undefined;
	if (bundle !== undefined && !isBundleId(bundle)) return undefined;
	return {
		bundle,
		version: textIn(map, "version", nameLengthMaximum),
		rule,
		message,
		interval: wholeNumberIn(map, "interval"),
		key: bytesIn(map, "key", statementLengthMaximum),
	};
}

/** Body of `PUT /update`: how an update stands, or has ended. */
export interface UpdateReport {
	readonly bundle: string;
	/** `dfu.status`. */
	readonly status: number;
	/** How much of the image the device has, from 0 to 100. */
	readonly percent: number;
}

export function decodeUpdateReport(bytes: Uint8Array): UpdateReport | undefined {
	const map = decodeMessage(bytes);
	const bundle = textIn(map, "bundle", nameLengthMaximum);
	const status = wholeNumberIn(map, "status");
	const percent = wholeNumberIn(map, "percent");
	if (bundle === undefined || status === undefined || percent === undefined) return undefined;
	return { bundle, status, percent };
}

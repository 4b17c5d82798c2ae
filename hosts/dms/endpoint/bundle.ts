/**
 * `GET /update/<bundle>/statement` and `GET /update/<bundle>/image`.
 *
 * Who knows a bundle's UUID may have them: they are signed by the publisher, hold no secret of a
 * device, and never change, so that any cache may keep them.
 */

import { isBundleId } from "../../../src/protocol/update.js";
import { findBundle } from "../storage/bundles.js";
import { downloadOf } from "../storage/image-stream.js";
import type { BundleRow } from "../storage/schema-updates.js";
import { findSteppingStoneBundle } from "../storage/stepping-stones.js";
import { type Answer, refuse, refuseRequest } from "./answer.js";
import type { Endpoint, Exchange } from "./exchange.js";
import { parseTarget } from "./incoming.js";
import { type ByteRange, parseRange } from "./range.js";

/** A year, the longest that RFC 9111 gives a meaning to. */
const cacheControl = "public, max-age=31536000, immutable";
const imageType = "application/octet-stream";

export const statement: Endpoint = async (exchange) => {
	const bundle = await requested(exchange);
	if (bundle === undefined) return refuse("bundle-unknown");
	// The statement may be signed anew with the product's next key.
	return { status: 200, body: Uint8Array.from(bundle.statement) };
};

export const image: Endpoint = async (exchange) => {
	const bundle = await requested(exchange);
	if (bundle === undefined) return refuse("bundle-unknown");
	const { fields: asked } = exchange.incoming;
	const etag = '"' + bundle.digest + '"';
	const fields = { etag, "accept-ranges": "bytes", "cache-control": cacheControl };
	if (isAmong(asked.get("if-none-match") ?? "", etag)) return { status: 304, headers: fields };
	const condition = asked.get("if-range");
	const isRangeValid = condition === null || condition === etag;
	const wanted = isRangeValid ? asked.get("range") : null;
	const range = parseRange(wanted, bundle.length);
	if (range === "unsatisfiable") {
		const sentence = "The image has only " + bundle.length + " bytes.";
		return refuseRequest(416, sentence, { "content-range": "bytes */" + bundle.length });
	}
	return partOf(exchange, bundle, range, fields);
};

/** Of a list of tags, compared weakly, or `*` for any (RFC 9110 section 13.1.2). */
function isAmong(tags: string, etag: string): boolean {
	const all = tags.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
	return all.some((tag) => tag === etag || tag === "*");
}

async function partOf(
	{ core }: Exchange,
	{ digest, length }: BundleRow,
	range: ByteRange | undefined,
	fields: { readonly [name: string]: string },
): Promise<Answer> {
	// What is too short would be sent as a success, and its end waited for.
	const isThere = (await core.images.lengthOf(digest)) === length;
	if (!isThere || !(await core.imageGuard.isWhole(digest))) {
		throw new Error("the image " + digest + " is damaged or gone: restore it from a backup");
	}
	const part = range ?? { start: 0, end: length };
	const { start, end } = part;
	const { length: count, stream } = downloadOf(core.images, { digest, ...part });
	const content = { "content-type": imageType, "content-length": String(count) };
	if (range === undefined) return { status: 200, stream, headers: { ...fields, ...content } };
	const contentRange = "bytes " + start + "-" + (end - 1) + "/" + length;
	return { status: 206, stream, headers: { ...fields, ...content, "content-range": contentRange } };
}

/** The bundle of the path; a withdrawn one is gone. */
async function requested({ core, incoming }: Exchange): Promise<BundleRow | undefined> {
	const [, , id = ""] = parseTarget(incoming.target).path.split("/");
	if (!isBundleId(id)) return undefined;
	const { database } = core;
	const bundle = (await findBundle(database, id)) ?? (await findSteppingStoneBundle(database, id));
	return bundle?.withdrawnAt === null ? bundle : undefined;
}

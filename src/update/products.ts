/**
 * What only grows, kept under the product that it belongs to: key, generation, sequence, floor and
 * what was refused. A device that passes through another product has all of it again afterwards.
 *
 * The present product's lies in the record's own fields. The others' is the field `past`: a list of
 * [name (8 bytes of SHA-256 of the code), generation, key, sequence, floor, refused].
 */

import { equal } from "../encoding/bytes.js";
import { utf8Encode } from "../encoding/utf8.js";
import type { Crypto } from "../host.js";
import type { MessagePackMap, MessagePackValue } from "../protocol/message-pack.js";
import type { UpdateRecord } from "./record.js";
import { DfuError, DfuStatus } from "./status.js";

/** A device has 8 products in its life at most, those without a key not counted. */
const pastMaximum = 7;
const nameLength = 8;

/** The product that the device is on, as far as it knows; empty for none. */
export function productIn({ product }: MessagePackMap): string {
	return typeof product === "string" ? product : "";
}

/**
 * The fields of a device that is on `product` from now on: with what it knew of it, or with
 * nothing, not even a key. A trial of the former product's image is over. Throws `TooManyProducts`
 * rather than forget one.
 */
export function withProduct(
	crypto: Pick<Crypto, "sha256">,
	{ fields, sequence }: UpdateRecord,
	product: string,
): MessagePackMap {
	const former = productIn(fields);
	if (former === product) return fields;
	const { past, generation, key, floor, refused } = fields;
	const others = Array.isArray(past) ? past.slice() : [];
	if (former !== "" && key !== undefined) {
		const name = nameOf(crypto, former);
		others.push([name, generation ?? 0, key, sequence, floor ?? "", refused ?? []]);
	}
	const name = nameOf(crypto, product);
	const index = others.findIndex((entry) => isNamed(entry, name));
	const [found] = index < 0 ? [] : others.splice(index, 1);
	if (others.length > pastMaximum) throw new DfuError(DfuStatus.TooManyProducts);
	const known = Array.isArray(found) ? stateOf(found) : { sequence: 0 };
	const now: MessagePackMap = { ...fields };
	delete now.generation;
	delete now.key;
	delete now.floor;
	delete now.refused;
	delete now.tried;
	delete now.trial;
	delete now.past;
	if (others.length > 0) now.past = others;
	return { ...now, ...known, product };
}

function nameOf(crypto: Pick<Crypto, "sha256">, product: string): Uint8Array {
	return crypto.sha256(utf8Encode(product)).slice(0, nameLength);
}

function isNamed(entry: MessagePackValue | undefined, name: Uint8Array): boolean {
	const first = Array.isArray(entry) ? entry[0] : undefined;
	return first instanceof Uint8Array && equal(first, name);
}

function stateOf(entry: readonly MessagePackValue[]): MessagePackMap {
	const [, generation, key, sequence, floor, refused] = entry;
	return {
		generation: generation ?? 0,
		key: key ?? null,
		sequence: sequence ?? 0,
		floor: floor ?? "",
		refused: refused ?? [],
	};
}

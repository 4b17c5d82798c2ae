/** MessagePack at random, in every form that a device lets through, the shortest or not. */

import { type Random } from "../../hosts/board/random.js";

/** A whole number from 0 to `limit - 1`, which is at most 2^16. */
export function below(random: Random, limit: number): number {
	const [high = 0, low = 0] = random(2);
	return (high * 256 + low) % limit;
}

/** So few that XS keeps them all, of different lengths. */
const names = ["a", "é", "", "b c", "漢字".repeat(7), "n".repeat(300)];

/** The bytes of one value, with what it has within it `depth` deep. */
export function messagePackBytes(random: Random, depth: number): number[] {
	const kinds = depth > 0 ? 9 : 7;
	switch (below(random, kinds)) {
		case 0:
			return [[0xc0, 0xc2, 0xc3][below(random, 3)] ?? 0xc0];
		case 1:
			return [below(random, 2) === 0 ? below(random, 0x80) : 0xe0 + below(random, 0x20)];
		case 2:
			return float(random);
		case 3:
		case 4:
			return integer(random);
		case 5:
			return text(
				random,
				Array.from({ length: below(random, 12) }, () => character(random)).join(""),
			);
		case 6:
			return binary(random);
		case 7:
			return list(random, depth);
		default:
			return map(random, depth);
	}
}

function character(random: Random): string {
	return ["a", "é", "漢", "\u{1f600}", "xyz".repeat(30)][below(random, 5)] ?? "";
}

function float(random: Random): number[] {
	const special = [0, -0, NaN, Infinity, 0.1, -1e300, 5e-324, 2 ** 53];
	const view = new DataView(new ArrayBuffer(8));
	view.setFloat64(0, special[below(random, special.length)] ?? 0);
	if (below(random, 2) === 0) return [0xcb, ...new Uint8Array(view.buffer)];
	return [0xca, ...random(4)];
}

/** Of each width, up to 2^53 - 1. */
function integer(random: Random): number[] {
	const type = [0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3][below(random, 8)] ?? 0xcc;
	const edges = [0x00, 0x7f, 0x80, 0xff];
	const isEdge = below(random, 2) === 0;
	const bytes = [...random(1 << (type & 3))].map((byte) =>
		isEdge ? (edges[below(random, edges.length)] ?? byte) : byte,
	);
	if (bytes.length < 8) return [type, ...bytes];
	const isNegative = type === 0xd3 && below(random, 2) === 0;
	return [type, ...(isNegative ? [0xff, 0xe1] : [0x00, 0x1f]), ...bytes.slice(2)];
}

function text(random: Random, value: string): number[] {
	const bytes = new TextEncoder().encode(value);
	return [...head(random, bytes.length, 32, 0xa0, [0xd9, 0xda, 0xdb]), ...bytes];
}

function binary(random: Random): number[] {
	const bytes = random(below(random, below(random, 20) === 0 ? 300 : 20));
	return [...head(random, bytes.length, 0, 0, [0xc4, 0xc5, 0xc6]), ...bytes];
}

function list(random: Random, depth: number): number[] {
	const count = below(random, 20);
	const items = Array.from({ length: count }, () => messagePackBytes(random, depth - 1));
	return [...head(random, count, 16, 0x90, [0, 0xdc, 0xdd]), ...items.flat()];
}

function map(random: Random, depth: number): number[] {
	const count = below(random, names.length + 1);
	const fields = names
		.slice(0, count)
		.map((name) => [...text(random, name), ...messagePackBytes(random, depth - 1)]);
	return [...head(random, count, 16, 0x80, [0, 0xde, 0xdf]), ...fields.flat()];
}

/** The type and the count, in one of the forms that can have it: `types` are of 8, 16, 32 bits. */
function head(
	random: Random,
	count: number,
	fewest: number,
	few: number,
	types: readonly number[],
): number[] {
	if (count < fewest && below(random, 2) === 0) return [few + count];
	const least = count > 0xff || types[0] === 0 ? 1 : 0;
	const width = least + below(random, 3 - least);
	const bytes = [count >> 24, count >> 16, count >> 8, count].map((byte) => byte & 0xff);
	return [types[width] ?? 0, ...bytes.slice(4 - (1 << width))];
}

/** MessagePack: what passes the check is decoded, and encodes to what decodes alike. */

import {
	decodeMap,
	encodeMap,
	isMap,
	isWellFormed,
	type MessagePackValue,
} from "../../../src/protocol/message-pack.js";
import { sameBytes } from "../../contract/pattern.js";
import { isTrue } from "../../device/check.js";
import type { Probe } from "./probe.js";

/** Names of the corpus: as they stand here, they are in ROM. */
const known = Object.freeze({ a: 0, b: 0, d: 0, f: 0, i: 0, m: 0, n: 0, o: 0, p: 0, t: 0 });

export const messagePackProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 1024,
	allocationBase: 4096,
	allocationFactor: 64,
	run: (input) => {
		const names = " " + Object.keys(known).join(" ") + " ";
		const map = decodeMap(input, names);
		if (!isWellFormed(input)) {
			isTrue(map === undefined, "what is malformed is not decoded");
			return "malformed " + (input[0] ?? 0).toString(16);
		}
		if (map === undefined) return "no map " + (input[0] ?? 0).toString(16);
		const encoded = encodeMap(map);
		const again = decodeMap(encoded, names);
		isTrue(again !== undefined, "what is encoded can be decoded");
		if (again !== undefined) sameBytes(encodeMap(again), encoded);
		return "map " + shapeOf(map, 0);
	},
});

/** Kinds of the values in a map, for a few of them. */
function shapeOf(value: MessagePackValue, depth: number): string {
	if (Array.isArray(value)) return "[" + value.length + "]";
	if (value instanceof Uint8Array) return "b";
	if (!isMap(value)) return value === null ? "n" : (typeof value).charAt(0);
	if (depth > 2) return "{}";
	const values = Object.values(value).slice(0, 4);
	return "{" + values.map((one) => shapeOf(one, depth + 1)).join("") + "}";
}

import { asciiBytes, fromHex, toHex } from "../../src/encoding/bytes.js";
import {
	decodeMap,
	depthMaximum,
	encodeMap,
	isWellFormed,
} from "../../src/protocol/message-pack.js";
import { decodeActivateRequest } from "../../src/protocol/messages.js";
import { type Cases, equal } from "./check.js";

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

/** Maps of one key around each other. */
const nested = (depth: number): string => "81a161".repeat(depth) + "c0";

export const messagePackCases: Cases = Object.freeze({
	"a map of all our types goes both ways": () => {
		const map = {
			nothing: null,
			yes: true,
			small: 7,
			large: 4_000_000_000,
			negative: -33,
			text: "aé€\u{1f600}",
			long: "x".repeat(300),
			bytes: Uint8Array.of(0, 255),
			list: [1, [2, "3"]],
			map: { inner: { inner: 1 } },
		};
		equal(decodeMap(encodeMap(map)), map);
	},
	"a field that is undefined is left out": () => {
		equal(toHex(encodeMap({ a: 1, b: undefined })), "81a16101");
	},
	"depth ends at the limit": () => {
		equal(isWellFormed(bytes(nested(depthMaximum))), true);
		equal(isWellFormed(bytes(nested(depthMaximum + 1))), false);
		equal(isWellFormed(bytes("91".repeat(300) + "c0")), false);
	},
	"what is as deep as the limit can be written again": () => {
		for (const level of ["81a161", "91"]) {
			const hex = "81a161" + level.repeat(depthMaximum - 1) + "c0";
			equal(toHex(encodeMap(decodeMap(bytes(hex)) ?? {})), hex);
		}
	},
	"a length beyond the bytes is refused, however large": () => {
		for (const hex of [
			"dfffffffff",
			"ddffffffff",
			"dbffffffff",
			"c6ffffffff",
			"deffff",
			"d9ff",
			"c4",
			"a1",
			"81",
			"cf00",
		]) {
			equal(isWellFormed(bytes(hex)), false, hex);
			equal(decodeMap(bytes(hex)), undefined, hex);
		}
	},
	"trailing bytes are refused": () => equal(decodeMap(bytes("80c0")), undefined),
	"text that is not UTF-8 is refused, short or long": () => {
		equal(decodeMap(bytes("81a161a1ff")), undefined);
		equal(decodeMap(bytes("81a161d9fa" + "ff".repeat(250))), undefined);
	},
	"extension types and the unused type are refused": () => {
		for (const hex of ["d4ff00", "d5ff0000", "d6ff00000000", "c70000", "c1"]) {
			equal(isWellFormed(bytes(hex)), false, hex);
		}
	},
	"keys that are not text are refused": () => {
		for (const hex of ["810102", "81c001", "81c4016101", "8180c0"])
			equal(decodeMap(bytes(hex)), undefined, hex);
	},
	"a key named __proto__ is refused": () => {
		for (const head of ["a9", "d909", "da0009", "db00000009"]) {
			const hex = "81" + head + "5f5f70726f746f5f5fc0";
			equal(isWellFormed(bytes(hex)), false, hex);
			equal(decodeMap(bytes(hex)), undefined, hex);
		}
		equal(decodeMap(bytes("81a95f5f70726f746f5f2dc0")), { "__proto_-": null });
	},
	"integers beyond 2^53 are refused, and those within are exact": () => {
		for (const [hex, value] of [
			["cf001fffffffffffff", 2 ** 53 - 1],
			["d3001fffffffffffff", 2 ** 53 - 1],
			["d3ffe0000000000001", -(2 ** 53 - 1)],
			["d3ffffffffffffffff", -1],
			["d30000000000000000", 0],
		] as const) {
			equal(decodeMap(bytes("81a161" + hex)), { a: value }, hex);
		}
		for (const hex of [
			"cf0020000000000000",
			"cfffffffffffffffff",
			"cf8000000000000000",
			"d30020000000000000",
			"d37fffffffffffffff",
			"d3ffe0000000000000",
			"d3ffdfffffffffffff",
			"d38000000000000000",
		]) {
			equal(decodeMap(bytes("81a161" + hex)), undefined, hex);
		}
	},
	"keys can have the names of every object's members": () => {
		const map = decodeMap(bytes("82ab636f6e7374727563746f7201a87461675374726e6702")) ?? {};
		equal(Object.entries(map), [
			["tagStrng", 2],
			["constructor", 1],
		]);
		equal(decodeMap(bytes("81ab636f6e7374727563746f7201"), " other "), {});
		equal(decodeMap(bytes("82a20061" + "01" + "a161" + "02")), { "\u0000a": 1, a: 2 });
	},
	"names that nobody knows are left out, however many, and leave nothing behind": () => {
		for (let count = 1000; count < 1300; count += 100) {
			let hex = "de0065a770726f64756374a141";
			for (let index = 0; index < 100; index++) {
				hex += "a5" + toHex(asciiBytes("x" + (count + index))) + "81a378787801";
			}
			equal(decodeActivateRequest(bytes(hex)), { product: "A" });
		}
		equal(decodeMap(bytes("83a1610ba1620ca1630d"), " c a "), { a: 11, c: 13 });
		for (const name of ["c a", "c ", " ", ""]) {
			equal(decodeMap(encodeMap({ [name]: 1 }), " c a "), {}, name);
		}
	},
	"anything but a map is refused": () => {
		for (const hex of ["c0", "90", "a0", "c400", "01", ""])
			equal(decodeMap(bytes(hex)), undefined, hex);
	},
	"every cut of a message is refused": () => {
		const whole = encodeMap({ key: Uint8Array.of(1, 2, 3), text: "abc", list: [1, 2, { a: "b" }] });
		for (let length = 0; length < whole.length; length++) {
			equal(decodeMap(whole.subarray(0, length)), undefined, "cut at " + length);
		}
	},
});

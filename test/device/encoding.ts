import {
	compare,
	concatenate,
	fromBase64Url,
	fromHex,
	toBase64,
	toBase64Url,
	toHex,
} from "../../src/encoding/bytes.js";
import { crc32 } from "../../src/encoding/crc32.js";
import { DerError, DerReader, Tag } from "../../src/encoding/der.js";
import { isUtf8, utf8Decode, utf8Encode, utf8Length } from "../../src/encoding/utf8.js";
import { type Cases, equal, thrown } from "./check.js";

const ascii = (text: string): Uint8Array =>
	Uint8Array.from(text.split("").map((letter) => letter.charCodeAt(0)));

export const encodingCases: Cases = Object.freeze({
	"hex goes both ways, in either case": () => {
		equal(toHex(Uint8Array.of(0, 1, 0xab, 0xff)), "0001abff");
		equal(fromHex("0001ABff"), Uint8Array.of(0, 1, 0xab, 0xff));
	},
	"hex of odd length or other letters is refused": () => {
		equal(fromHex("abc"), undefined);
		equal(fromHex("0g"), undefined);
	},
	"base64 has the vectors of RFC 4648": () => {
		const vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
		vectors.forEach((text, length) => equal(toBase64(ascii("foobar".slice(0, length))), text));
	},
	"base64url goes both ways for every length": () => {
		for (let length = 0; length < 70; length++) {
			const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0xff);
			equal(fromBase64Url(toBase64Url(bytes)), bytes);
		}
	},
	"base64url with stray bits, padding or other letters is refused": () => {
		for (const text of ["Zh", "Zm9=", "Zm 9", "Zm+/", "A"])
			equal(fromBase64Url(text), undefined, text);
	},
	"bytes compare as big-endian numbers": () => {
		equal(compare(Uint8Array.of(1, 0), Uint8Array.of(0, 255)) > 0, true);
		equal(compare(Uint8Array.of(1, 2), Uint8Array.of(1, 3)) < 0, true);
		equal(compare(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), 0);
	},
	"concatenation keeps order": () => {
		equal(
			concatenate(Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)),
			Uint8Array.of(1, 2, 3),
		);
	},
	"crc-32 has the check value of its catalogue": () => {
		equal(crc32(ascii("123456789")), 0xcbf43926);
		equal(crc32(ascii("6789"), 0, crc32(ascii("12345"))), 0xcbf43926);
	},
	"utf-8 goes both ways for one to four bytes": () => {
		for (const text of ["", "a", "é", "€", "\u{1f600}", "aé€\u{1f600}z"]) {
			equal(utf8Decode(utf8Encode(text)), text);
			equal(utf8Length(text), utf8Encode(text).length);
		}
		equal(toHex(utf8Encode("é€\u{1f600}")), "c3a9e282acf09f9880");
	},
	"utf-8 that is overlong, cut off, a surrogate or too large is refused": () => {
		const bad = [
			"80",
			"c0af",
			"c1bf",
			"e0809f",
			"eda080",
			"f0808080",
			"f4908080",
			"f5808080",
			"e282",
			"c3",
			"ff",
		];
		for (const hex of bad) equal(isUtf8(fromHex(hex) ?? new Uint8Array(0)), false, hex);
		for (const hex of ["", "00", "7f", "c280", "ed9fbf", "ee8080", "f48fbfbf"]) {
			equal(isUtf8(fromHex(hex) ?? new Uint8Array(1)), true, hex);
		}
	},
	"utf-8 that is wrong decodes to replacement characters": () => {
		equal(utf8Decode(Uint8Array.of(0x61, 0xff, 0x62)), "a\ufffdb");
	},
	"der reads nested elements": () => {
		const outer = new DerReader(Uint8Array.of(0x30, 5, 2, 1, 7, 5, 0));
		const inner = outer.enter(Tag.Sequence);
		equal(outer.isAtEnd, true);
		equal(inner.whole(Tag.Integer), Uint8Array.of(2, 1, 7));
		equal(inner.tag, 5);
		equal(inner.content(), new Uint8Array(0));
		equal(inner.isAtEnd, true);
		equal(inner.tag, 0);
	},
	"der with another tag, or a length that is long, cut, indefinite or padded is refused": () => {
		const bad = [
			"3005020107",
			"30800000",
			"308101ff",
			"30820001ff",
			"3083000001ff",
			"30",
			"0500",
			"",
		];
		for (const hex of bad) {
			const bytes = fromHex(hex) ?? new Uint8Array(0);
			equal(thrown(() => new DerReader(bytes).enter(Tag.Sequence)) instanceof DerError, true, hex);
		}
		equal(
			thrown(() => new DerReader(Uint8Array.of(0x1f, 1, 0)).content()) instanceof DerError,
			true,
		);
	},
});

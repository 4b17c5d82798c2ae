import { LineReader, lineLengthMaximum } from "../../src/console/line-reader.js";
import { wordsOf } from "../../src/console/words.js";
import { utf8Decode, utf8Encode } from "../../src/encoding/utf8.js";
import { type Cases, equal } from "./check.js";

/** Lines that a reader makes of what is typed, a problem in angle brackets; and what it echoes. */
function type(...pieces: (string | Uint8Array)[]): { lines: string[]; echo: string } {
	const lines: string[] = [];
	let echo = "";
	const reader = new LineReader({
		write: (bytes) => {
			echo += typeof bytes === "string" ? bytes : utf8Decode(bytes);
		},
	});
	for (const piece of pieces) {
		let bytes = typeof piece === "string" ? utf8Encode(piece) : piece;
		while (bytes.length > 0) {
			bytes = bytes.subarray(reader.take(bytes));
			if (!reader.hasLine) continue;
			const { line, problem } = reader.takeLine();
			lines.push(problem === undefined ? line : "<" + problem + ">");
		}
	}
	return { lines, echo };
}

export const consoleCases: Cases = Object.freeze({
	"words are split at runs of spaces": () => {
		equal(wordsOf("  set   wlan.ssid  demo "), ["set", "wlan.ssid", "demo"]);
		equal(wordsOf(""), []);
	},
	"quotation marks keep spaces, and an empty word": () => {
		equal(wordsOf('set a "b  c"'), ["set", "a", "b  c"]);
		equal(wordsOf('set a ""'), ["set", "a", ""]);
		equal(wordsOf('say "a \\"b\\" \\\\ \\n"'), ["say", 'a "b" \\ \\n']);
	},
	"an open quotation mark is noticed": () => equal(wordsOf('set a "b'), undefined),
	"carriage return, line feed and the pair each end one line": () => {
		equal(type("a\rb\nc\r\nd\n\re\r").lines, ["a", "b", "c", "d", "", "e"]);
	},
	"what is typed is echoed": () => equal(type("ab\r").echo, "ab\r\n"),
	"text that comes at once is echoed at once: each piece takes memory": () => {
		const pieces: number[] = [];
		const reader = new LineReader({ write: (piece) => pieces.push(piece.length) });
		reader.take(utf8Encode("x".repeat(100) + "\r"));
		equal(pieces, [100, 2]);
	},
	"backspace removes one character, of one byte or more": () => {
		equal(type("ab\bc\r").lines, ["ac"]);
		equal(type("a€\x7fb\r").lines, ["ab"]);
		equal(type("\b\b\r").lines, [""]);
	},
	"a line is never done in part: beyond the limit it is a problem": () => {
		equal(type("x".repeat(lineLengthMaximum) + "\r").lines, ["x".repeat(lineLengthMaximum)]);
		equal(type("x".repeat(lineLengthMaximum + 1) + "\rb\r").lines, ["<too long>", "b"]);
	},
	"bytes that are not text are a problem, and the next line is good": () => {
		equal(type(Uint8Array.of(0x61, 0xff, 0x0d), "b\r").lines, ["<not UTF-8>", "b"]);
	},
	"control characters do nothing": () => equal(type("a\x01\x1b\x00b\r").lines, ["ab"]),
});

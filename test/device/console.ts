import { lineLengthMaximum } from "../../src/terminal/line.js";
import { LineEditor } from "../../src/terminal/line-editor.js";
import { wordsOf } from "../../src/console/words.js";
import { utf8Decode, utf8Encode } from "../../src/encoding/utf8.js";
import { type Cases, equal } from "./check.js";

/** Stands before secrets, here. */
const secretMark = "pass ";

function editorOn(write: (text: string | Uint8Array) => void): LineEditor {
	return new LineEditor({
		timer: { set: () => undefined, clear: () => undefined },
		write,
		secretStart: (line) => (line.startsWith(secretMark) ? secretMark.length : undefined),
		complete: (line) => (line === "he" ? { text: "lp " } : { text: "", lines: "help  hello" }),
	});
}

/** Lines that an editor makes of what is typed, a problem in angle brackets; and what it shows. */
function type(...pieces: (string | Uint8Array)[]): { lines: string[]; echo: string } {
	const lines: string[] = [];
	let echo = "";
	const editor = editorOn((bytes) => {
		echo += typeof bytes === "string" ? bytes : utf8Decode(bytes);
	});
	editor.begin("", true);
	for (const piece of pieces) {
		let bytes = typeof piece === "string" ? utf8Encode(piece) : piece;
		while (bytes.length > 0) {
			bytes = bytes.subarray(editor.take(bytes));
			if (!editor.hasLine) continue;
			const { line, problem } = editor.takeLine();
			lines.push(problem === undefined ? line : "<" + problem + ">");
			editor.begin("", true);
		}
	}
	return { lines, echo };
}

/** The same for a machine, who has no keys. */
function typeStrictly(typed: string | Uint8Array): string[] {
	const lines: string[] = [];
	const editor = editorOn(() => undefined);
	editor.begin("", false, true);
	for (let bytes = typeof typed === "string" ? utf8Encode(typed) : typed; bytes.length > 0;) {
		bytes = bytes.subarray(editor.take(bytes));
		const { line, problem } = editor.takeLine();
		lines.push(problem === undefined ? line : "<" + problem + ">");
	}
	return lines;
}

const left = "\x1b[D";
const up = "\x1b[A";
const down = "\x1b[B";

export const consoleCases: Cases = Object.freeze({
	"words are split at runs of spaces": () => {
		equal(wordsOf("  set   wlan.ssid  demo ").words, ["set", "wlan.ssid", "demo"]);
		equal(wordsOf("  set   wlan.ssid  demo ").starts, [2, 8, 19]);
		equal(wordsOf("").words, []);
	},
	"quotation marks keep spaces, and an empty word": () => {
		equal(wordsOf('set a "b  c"').words, ["set", "a", "b  c"]);
		equal(wordsOf('set a ""').words, ["set", "a", ""]);
		equal(wordsOf('say "a \\"b\\" \\\\ \\n"').words, ["say", 'a "b" \\ \\n']);
	},
	"an open quotation mark is noticed": () => equal(wordsOf('set a "b').isOpen, true),
	"carriage return, line feed and the pair each end one line": () => {
		equal(type("a\rb\nc\r\nd\n\re\r").lines, ["a", "b", "c", "d", "", "e"]);
	},
	"what is typed is echoed": () => equal(type("ab\r").echo, "ab\r\n"),
	"text that comes at once is echoed at once: each piece takes memory": () => {
		const pieces: number[] = [];
		const editor = editorOn((piece) => pieces.push(piece.length));
		editor.take(utf8Encode("x".repeat(100) + "\r"));
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
	"control characters that are no keys do nothing": () => {
		equal(type("a\x00\x07\x1fb\r").lines, ["ab"]);
	},
	"a log line that waits for the width stands before a line that is cancelled or ended": () => {
		for (const [end, shown] of [
			["\x03", "^C\r\n> "],
			["\r", "\r\n"],
		] as const) {
			let echo = "";
			const write = (text: string | Uint8Array): void => {
				echo += typeof text === "string" ? text : utf8Decode(text);
			};
			const timer = { set: () => 1, clear: () => undefined };
			const editor = new LineEditor({
				timer,
				write,
				secretStart: () => undefined,
				complete: () => ({ text: "" }),
			});
			editor.begin("> ", true);
			editor.take(utf8Encode("0123456789"));
			editor.whenMeasured(() => {
				editor.hide();
				write("log\r\n");
				editor.show();
			});
			equal(echo.includes("log"), false, "it waits");
			editor.take(utf8Encode(end));
			equal(echo.slice(echo.indexOf("log")), "log\r\n> 0123456789" + shown);
		}
	},
	"for a machine a control character makes a line void, whatever it may do for a person": () => {
		for (const control of [
			"\t",
			"\b",
			"\x7f",
			"\x03",
			"\x1b[31m",
			"\x01",
			"\0",
			"\x0b",
			"\u009b",
		]) {
			equal(typeStrictly("a" + control + "b\rc\r"), ["<control character>", "c"], control);
		}
		equal(typeStrictly("a\x15b\x03\x08\x08\r"), ["<control character>"]);
	},
	"for a machine a character that is cut in half is no control character": () => {
		for (const rest of ["b", ""]) {
			const bytes = Uint8Array.of(0x61, 0xc2, ...utf8Encode(rest + "\r"));
			equal(typeStrictly(bytes), ["<not UTF-8>"], "before " + rest);
		}
	},
	"a break before a line, and flow control, are nothing to a machine": () => {
		equal(typeStrictly("\0\0a\r\0b\r"), ["a", "b"]);
		equal(typeStrictly("\x13a\x11b\x13\r"), ["ab"]);
	},
	"strings of ECMA-48 are swallowed up to their end": () => {
		for (const start of ["]", "P", "X", "^", "_"]) {
			equal(type("a\x1b" + start + "0;title\x07b\r").lines, ["ab"], start);
			equal(type("a\x1b" + start + "0;ti\ttle\x1b\\b\r").lines.length, 1, start);
			equal(type("a\x1b" + start + "0;title\x1b\\b\r").lines, ["ab"], start);
			equal(type("a\x1b" + start + "0;title\rb\r").lines, ["a", "b"], start + " at a line end");
			equal(type("a\x1b" + start + "0;title\x03b\r").lines, ["b"], start + " cancelled");
		}
	},
	"controls of a terminal that are typed are shown, not sent": () => {
		equal(type("a\u009bb\u202e\r"), {
			lines: ["a\u009bb\u202e"],
			echo: "a\\x9Bb\\u202E\r\n",
		});
		equal(type("a\u009b\bb\r").lines, ["ab"]);
	},
	"a line ends also within an escape sequence or a character": () => {
		equal(type("a\x1b[12\rb\x1b\rc\r").lines, ["a", "b", "c"]);
		equal(type(Uint8Array.of(0x61, 0xe2, 0x0d), "b\r").lines, ["<not UTF-8>", "b"]);
	},
	"keys that don't exist do nothing, however many, and leave nothing behind": () => {
		for (let byte = 0x40; byte < 0x100; byte++) {
			type(Uint8Array.of(0x1b, byte === 0x5b ? 0x40 : byte), Uint8Array.of(0x1b, 0x5b, byte));
		}
	},
	"arrows, home and end move; what is typed goes in at the cursor": () => {
		equal(type("ac" + left + "b\r").lines, ["abc"]);
		equal(type("bc\x1b[Ha\x1b[Fd\r").lines, ["abcd"]);
		equal(type("bc\x1b[1~a\x1b[4~d\x1bOHx\r").lines, ["xabcd"]);
		equal(type("bc\x01a\x05d" + left + "\x1b[Ce\r").lines, ["abcde"]);
		equal(type("€uro" + left + left + left + left + "1\r").lines, ["1€uro"]);
	},
	"words are moved over and erased whole": () => {
		equal(type("get wlan\x1bbx\r").lines, ["get xwlan"]);
		equal(type("get wlan\x1b[1;5Dx\x1b[1;5Cy\r").lines, ["get xwlany"]);
		equal(type("set wlan.ssid  \x17x\r").lines, ["set x"]);
		equal(type("set it\x01\x1bdget\r").lines, ["get it"]);
	},
	"parts of a line are erased": () => {
		equal(type("abc" + left + "\x15\r").lines, ["c"]);
		equal(type("abc" + left + left + "\x0b\r").lines, ["a"]);
		equal(type("abc" + left + left + "\x1b[3~\r").lines, ["ac"]);
		equal(type("abc" + left + "\x08\r").lines, ["ac"]);
		equal(type("abc\x03d\r").lines, ["d"]);
	},
	"lines are recalled, and what was being typed comes back": () => {
		equal(type("one\rtwo\r" + up + up + "\r").lines, ["one", "two", "one"]);
		equal(type("one\rtwo\r" + up + up + up + down + "\r").lines, ["one", "two", "two"]);
		equal(type("one\rtw" + up + down + "o\r").lines, ["one", "two"]);
		equal(type("one\rone\rtwo\r\r" + up + up + "\r").lines, ["one", "one", "two", "", "one"]);
	},
	"at least 16 lines are remembered, and the oldest forgotten first": () => {
		const lines: string[] = [];
		for (let count = 10; count < 40; count++) lines.push("set system.wakeup.timeout " + count);
		const typed = lines.join("\r") + "\r";
		equal(type(typed + up.repeat(16) + "\r").lines[30], lines[14]);
		equal(type(typed + up.repeat(99) + "\r").lines.length, 31);
		const long = "x".repeat(lineLengthMaximum);
		equal(type(long + "\ra\r" + up + up + "\r").lines[2], long);
	},
	"a secret is shown as asterisks and not remembered": () => {
		const { lines, echo } = type("one\rpass wörd\r" + up + "\r");
		equal(lines, ["one", "pass wörd", "one"]);
		equal(echo.includes("wörd"), false);
		equal(echo.includes("pass ****\r\n"), true);
	},
	"tab goes on with what is certain, and lists what isn't": () => {
		equal(type("he\tme\r").lines, ["help me"]);
		equal(type("h\t\r").echo.includes("help  hello"), true);
	},
});

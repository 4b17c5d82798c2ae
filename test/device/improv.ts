import { beginningLength, matchedWith } from "../../src/console/frame-beginning.js";
import { byteAt, concatenate } from "../../src/encoding/bytes.js";
import { utf8Decode, utf8Encode } from "../../src/encoding/utf8.js";
import type { TimerId } from "../../src/host.js";
import { encodeFrame, FrameReader, FrameType } from "../../src/improv/frame.js";
import { type Cases, equal, isTrue } from "./check.js";

/** A timer that runs out when it is told to. */
class HandTimer {
	#callback: (() => void) | undefined;

	set(callback: () => void): TimerId {
		this.#callback = callback;
		return callback;
	}

	clear(id: TimerId): void {
		if (id === this.#callback) this.#callback = undefined;
	}

	runOut(): void {
		const callback = this.#callback;
		this.#callback = undefined;
		callback?.();
	}
}

/** What a reader makes of bytes: commands, `broken`, and in quotation marks what is a line's. */
function read(...pieces: (string | Uint8Array)[]): string[] {
	const found: string[] = [];
	let line = "";
	let matched = 0;
	const ahead: number[] = [];
	const flush = (): void => {
		if (line !== "") found.push(JSON.stringify(line));
		line = "";
	};
	const timer = new HandTimer();
	const reader = new FrameReader(timer, {
		onCommand(command, data) {
			flush();
			found.push(command + ":" + utf8Decode(data));
		},
		onBrokenFrame(bytes = new Uint8Array(0)) {
			flush();
			found.push("broken");
			ahead.unshift(...bytes);
		},
	});
	const take = (byte: number): void => {
		if (reader.take(byte)) return;
		matched = matchedWith(byte, matched);
		line += String.fromCharCode(byte);
		if (matched < beginningLength) return;
		line = line.slice(0, -beginningLength);
		matched = 0;
		reader.begin();
	};
	for (const piece of pieces) {
		if (piece === "pause") timer.runOut();
		else if (piece === "loss") reader.tear();
		else ahead.push(...(typeof piece === "string" ? utf8Encode(piece) : piece));
		for (let byte = ahead.shift(); byte !== undefined; byte = ahead.shift()) take(byte);
	}
	flush();
	return found;
}

function commandFrame(command: number, data: string): Uint8Array {
	return encodeFrame(FrameType.Command, [command, data.length, ...utf8Encode(data)]);
}

/** A frame with one byte of it changed. */
function changed(frame: Uint8Array, offset: number, value: number): Uint8Array {
	const copy = Uint8Array.from(frame);
	copy[offset] = value;
	return copy;
}

export const improvCases: Cases = Object.freeze({
	"an Improv frame is the standard's, byte for byte": () => {
		const expected = [0x49, 0x4d, 0x50, 0x52, 0x4f, 0x56, 1, 1, 1, 2, 0xe2, 0x0a];
		equal(encodeFrame(FrameType.State, [2]), Uint8Array.from(expected));
		const current = [0x49, 0x4d, 0x50, 0x52, 0x4f, 0x56, 1, 3, 2, 2, 0, 0xe5, 0x0a];
		equal(commandFrame(2, ""), Uint8Array.from(current));
	},
	"Improv frames are found, one by one, and their line feeds are no empty lines": () => {
		equal(read(commandFrame(2, "")), ["2:"]);
		equal(read(commandFrame(5, "lamp"), commandFrame(3, "")), ["5:lamp", "3:"]);
		equal(read(commandFrame(5, "\r\n\r\n")), ["5:\r\n\r\n"]);
		equal(read(commandFrame(2, "").subarray(0, -1), "x"), ["2:", '"x"']);
		equal(read(commandFrame(2, ""), "\n"), ["2:", '"\\n"']);
	},
	"letters that only begin like an Improv frame are typed ones": () => {
		equal(read("I"), ['"I"']);
		equal(read("Ix"), ['"Ix"']);
		equal(read("IMPROVE\r"), ['"IMPROVE\\r"']);
		equal(read("IMP\b"), ['"IMP\\b"']);
	},
	"an Improv frame that can't be a command is broken": () => {
		const frame = commandFrame(5, "lamp");
		isTrue(read(changed(frame, 7, 4))[0] === "broken", "type");
		isTrue(read(changed(frame, 8, 1))[0] === "broken", "length");
		isTrue(read(changed(frame, 10, 5))[0] === "broken", "inner length");
		equal(read(changed(frame, frame.length - 2, 0)), ["broken"]);
	},
	"what follows a broken Improv frame is a line behind a pause, or behind a line end": () => {
		const start = commandFrame(1, "x".repeat(40)).subarray(0, 20);
		equal(read(start, "pause", "get"), ["broken", '"get"']);
		equal(read(start, "\nsecret\n", "pause", "get"), ["broken", '"get"']);
		equal(read(start, "x".repeat(40) + "\r\nversion\n"), ["broken", '"version\\n"']);
		const other = encodeFrame(FrameType.State, [2]);
		equal(read(other, "version\n"), ["broken", '"version\\n"']);
	},
	"an Improv frame is found anywhere: in a line, behind noise, and behind one that was cut": () => {
		equal(read("get wl", commandFrame(2, ""), "an\r"), ['"get wl"', "2:", '"an\\r"']);
		equal(read("IIMPIMPROVIMP", commandFrame(2, "")), ['"IIMPIMPROVIMP"', "2:"]);
		const whole = commandFrame(5, "lamp");
		for (let length = 7; length < whole.length - 2; length++) {
			const found = read(whole.subarray(0, length), "pause", whole);
			equal(found, ["broken", "5:lamp"], "a pause behind " + length);
		}
		for (const length of [7, 8, 9, 10]) {
			equal(read(whole.subarray(0, length), whole), ["broken", "5:lamp"], "no pause, " + length);
		}
	},
	"nothing of a broken Improv frame is typed: it may be a passkey": () => {
		const whole = commandFrame(1, "\nten letterspasskey\n");
		equal(read(changed(whole, 15, 0), "\nversion\n"), ["broken", '"\\nversion\\n"']);
		const lost = read(whole.subarray(0, 14), "loss", "passkey\r\nversion\n", "pause", "get");
		equal(lost, ["broken", '"get"']);
		const foreign = changed(commandFrame(1, "ten letterspasskey"), 7, 9);
		equal(read(foreign.subarray(0, -1), "more\r\nversion\n"), ["broken", '"version\\n"']);
		equal(read(foreign.subarray(0, 12), "pause", "version\n"), ["broken", '"version\\n"']);
	},
	"no line end in an Improv frame makes the rest of it a line, whatever breaks the frame": () => {
		for (const end of "\r\n") {
			const data = end.repeat(3) + "word" + end + "passkey" + end + "word";
			const whole = commandFrame(1, data).subarray(0, -1);
			for (let offset = 7; offset < whole.length; offset++) {
				const value = byteAt(whole, offset);
				for (const other of [value ^ 1, value ^ 0x80, 0x0d, 0x0a]) {
					if (other === value) continue;
					const found = read(changed(whole, offset, other), "pause", "get\r");
					equal(found, ["broken", '"get\\r"'], offset + " is " + other);
				}
				const cut = read(whole.subarray(0, offset), "pause", "get\r");
				equal(cut, ["broken", '"get\\r"'], "cut at " + offset);
				const torn = read(whole.subarray(0, offset), "loss", whole.subarray(offset + 1));
				equal(torn, ["broken"], "torn at " + offset);
			}
		}
	},
	"an Improv frame is found however its bytes are parted": () => {
		const frames = concatenate(commandFrame(1, "abc"), commandFrame(4, ""));
		for (let cut = 0; cut <= frames.length; cut++) {
			equal(read(frames.subarray(0, cut), frames.subarray(cut)), ["1:abc", "4:"]);
		}
	},
});

/**
 * The whole device program with anything typed on its UART: nothing restarts it but the commands
 * for that, and when all is over it still does what it is told.
 */

import { asciiBytes } from "../../../src/encoding/bytes.js";
import { run } from "../../../src/run.js";
import { isTrue } from "../../device/check.js";
import { MemoryHost } from "./memory-host.js";
import type { Probe } from "./probe.js";

/** So many bytes arrive at a time. */
const pieceLength = 24;
/** Beyond the time-outs of all that a command can wait for. */
const restMilliseconds = 300_000;

/** The device with its host: 52 KB for what is good, and some for the longest of answers. */
const heapBytes = 65_536;

export const consoleProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 300,
	// It leaves more garbage than it holds, so the whole heap is the bound, whatever is typed.
	heapBytes,
	allocationBase: heapBytes,
	allocationFactor: 0,
	run: async (input, { crypto }) => {
		const host = new MemoryHost(crypto);
		run(host);
		await host.pass(1_000);
		for (let offset = 0; offset < input.length && !host.isOver; offset += pieceLength) {
			host.type(input.slice(offset, offset + pieceLength));
			await host.pass(100);
		}
		await host.pass(restMilliseconds);
		const outcome = wordsOf(host.last);
		for (const line of ["\r\r", "version\r"]) {
			if (host.isOver) return "restarted: " + outcome;
			host.last = "";
			host.type(asciiBytes(line));
			await host.pass(restMilliseconds);
		}
		isTrue(host.last.includes(", opendms-"), "it answers: " + host.last);
		return outcome;
	},
});

/** The end of what was said, with one digit for all. */
function wordsOf(text: string): string {
	return text.slice(-48).replace(/[0-9]/g, "0");
}

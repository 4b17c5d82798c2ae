/** What terminals, boot loaders, modem managers and lines really send. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inWorld } from "../journey/world.js";

const query = "get wlan.network.status";
const answer = /\r\n0\r\n/g;

interface Case {
	readonly name: string;
	/** Bytes, and pauses in milliseconds. */
	readonly sent: readonly (string | Uint8Array | number)[];
	/** How many of the queries in it are answered, for people and for machines. */
	readonly answered: readonly [human: number, machine: number];
}

const cases: readonly Case[] = [
	{ name: "telnet's CR NUL", sent: [query + "\r\0", query + "\r\0"], answered: [2, 2] },
	{
		name: "telnet's negotiation before",
		sent: [Buffer.of(255, 253, 1, 255, 251, 3), query + "\r\n", query + "\r\n"],
		answered: [2, 1],
	},
	{ name: "LF CR", sent: [query + "\n\r", query + "\n\r"], answered: [2, 2] },
	{ name: "CR, and LF later", sent: [query + "\r", 2000, "\n" + query + "\r"], answered: [2, 2] },
	{ name: "CR CR LF", sent: [query + "\r\r\n"], answered: [1, 1] },
	{ name: "flow control", sent: ["\x13" + query + "\x11\r"], answered: [1, 1] },
	{ name: "a break before", sent: ["\0", query + "\r"], answered: [1, 1] },
	{ name: "a break within", sent: ["get\0 wlan.network.status\r"], answered: [1, 0] },
	{
		name: "a boot loader's text",
		sent: ["\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\nentry 0x400805e4\r\n", 500, query + "\r"],
		answered: [1, 1],
	},
	{
		name: "a quotation mark in garbage",
		sent: [Buffer.of(0xe4, 0x22, 0x80), query + "\r", query + "\r"],
		answered: [1, 1],
	},
	{
		name: "a frame's beginning in noise",
		sent: ["IMPROV", Buffer.of(1, 3, 200), 100, query + "\r", 1000, query + "\r"],
		answered: [1, 1],
	},
	{ name: "I as a first letter", sent: ["I", 50, "\r", query + "\r"], answered: [1, 1] },
	{ name: "a byte order mark", sent: ["\ufeff" + query + "\r", query + "\r"], answered: [1, 1] },
	{ name: "a tab between", sent: ["get\twlan.network.status\r"], answered: [1, 0] },
	{
		name: "a bracketed paste",
		sent: ["\x1b[200~" + query + "\r\x1b[201~", 300, query + "\r"],
		answered: [2, 0],
	},
	{ name: "a long line", sent: ["x".repeat(257) + "\r", query + "\r"], answered: [1, 1] },
	{ name: "no line end", sent: ["y".repeat(4000), 1500, "\r", query + "\r"], answered: [1, 1] },
	{
		name: "focus and mouse",
		sent: ["\x1b[I\x1b[O\x1b[<0;10;10M", query + "\r", query + "\r"],
		answered: [2, 1],
	},
	{
		name: "a terminal's title",
		sent: ["\x1b]0;title\x07", query + "\r", query + "\r"],
		answered: [2, 1],
	},
	{
		name: "keys that erase",
		sent: ["\x7f".repeat(50) + "\b".repeat(50) + query + "\r", query + "\r"],
		answered: [2, 1],
	},
];

for (const [place, format] of ["human", "machine"].entries()) {
	test("what lines and programs send does no harm in " + format + " format", async () => {
		for (const { name, sent, answered } of cases) {
			await inWorld({ processor: "v8" }, async ({ terminal, board, clock }) => {
				await terminal.powerOn();
				terminal.send("set system.cmd.format " + format);
				await clock.run(300);
				terminal.transcript = "";
				for (const piece of sent) {
					if (typeof piece === "number") await clock.run(piece);
					else board.uart.input(typeof piece === "string" ? Buffer.from(piece) : piece);
				}
				await clock.run(2000);
				const { transcript } = terminal;
				const seen = JSON.stringify(transcript);
				assert.equal(transcript.match(answer)?.length ?? 0, answered[place], name + ": " + seen);
				terminal.transcript = "";
				terminal.send(query);
				await clock.run(500);
				assert.equal(terminal.transcript.match(answer)?.length, 1, "then, after " + name);
				assert.deepEqual(board.faults, []);
			});
		}
	});
}

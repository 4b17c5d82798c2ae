/** Text that others choose, on its way to a terminal and into tables; and secrets behind slips. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameType } from "../../src/improv/frame.js";
import { inWorld } from "../journey/world.js";

const escape = "\x1b";
const rude = `a${escape}[2J\r\n#  1  6  -10 00:11:22:33:44:55 x\u009b1m\u202eb`;
const shown = "a\\x1B[2J\\x0D\\x0A#  1  6  -10 00:11:22:33:44:55 x\\x9B1m\\u202Eb";
/** What only the line editor may send: it moves a cursor, or rings. */
const controls = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u;

/** Columns stand where their heads do: with some spaces between, or with one. */
const narrow = (row: string): string => row.replace(/ +/g, " ");

for (const processor of ["v8", "xs"] as const) {
	test(
		"a network's name is shown, and neither acts nor forges a row, on " + processor,
		async () => {
			await inWorld({ processor }, async ({ terminal, board, clock }) => {
				const raw = Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0x62);
				board.radio.networks = [
					{ ssid: rude, passkey: "", rssi: -40 },
					{ ssid: raw, passkey: "", rssi: -60 },
				];
				await terminal.powerOn();
				terminal.send("set system.cmd.format machine");
				await clock.run(1000);
				for (const [line, length] of [
					["wlan_scan", ""],
					["wlan_scan -v", "- Open Infra " + shown.length + " "],
				]) {
					terminal.transcript = "";
					terminal.send(line ?? "");
					await clock.run(5000);
					const [, digits, payload = ""] = /^R0(\d{5})\r\n(.*)$/s.exec(terminal.transcript) ?? [];
					assert.equal(
						Buffer.byteLength(payload),
						Number(digits),
						"the head counts what is printed",
					);
					const rows = payload.trimEnd().split("\r\n");
					assert.equal(rows.length, 4, payload);
					assert.ok(narrow(rows[2] ?? "").endsWith(narrow((length ?? "") + shown)), rows[2]);
					assert.ok(rows[3]?.endsWith("a\ufffd\ufffd(b"), rows[3]);
					assert.doesNotMatch(payload, controls);
				}
			});
		},
	);
}

test("a name that a browser has set is shown, wherever it is printed", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal, board, clock }) => {
		await terminal.powerOn();
		const name = "x" + escape + "[31m\r\nR000009";
		const data = [name.length, ...Buffer.from(name), 0];
		board.uart.input(encodeFrame(FrameType.Command, [1, data.length, ...data]));
		await clock.run(5000);
		const log = terminal.transcript.split("[Associating to ")[1]?.split("\n")[0];
		assert.equal(log, "x\\x1B[31m\\x0D\\x0AR000009]\r");
		board.uart.input(encodeFrame(FrameType.Command, [6, 3, 0x41, 0x1b, 0x62]));
		await clock.run(1000);
		assert.doesNotMatch(await terminal.type("get system.name"), controls);
	});
});

test("what somebody has set is shown, line by line", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal }) => {
		await terminal.powerOn();
		terminal.send('set system.name "a\u202eb\u2028c\u009b2J"');
		await terminal.until("Set OK\r\n> ");
		assert.match(terminal.transcript, /"a\\u202Eb\\u2028c\\x9B2J"\r\nSet OK/);
		assert.doesNotMatch(terminal.transcript, controls, "nor is it echoed as it came");
		assert.equal(await terminal.type("get system.name"), "a\\u202Eb\\u2028c\\x9B2J");
		assert.match(await terminal.type("get system"), /system.name: a\\u202Eb\\u2028c\\x9B2J\r\n/);
	});
});

test("a secret behind a slip is neither shown nor remembered", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal, board, clock }) => {
		await terminal.powerOn();
		const token = "WG9Q-4YVE-8HX2-ZC5D-0KTM";
		for (const line of [
			"dms_clam " + token,
			"dms_activate " + token,
			"claim " + token.toLowerCase(),
			"Set wlan.passkey correct-horse",
			"set wlan.paskey correct-horse",
			'sett wlan.passkey "correct horse"',
			"set wl x correct-horse",
		]) {
			terminal.transcript = "";
			terminal.send(line);
			await clock.run(30_000);
			board.uart.input(Buffer.from("\x1b[A"));
			await clock.run(1000);
			assert.doesNotMatch(terminal.transcript, /4YVE|4yve|horse/, line);
			board.uart.input(Buffer.from("\x03"));
			await clock.run(100);
		}
		for (const line of ["set wl o r 5", "set wlan.ssid home", "dms_activate ACME-LAMP"]) {
			terminal.transcript = "";
			terminal.send(line);
			await clock.run(30_000);
			assert.ok(terminal.transcript.includes(line + "\r\n"), "shown: " + line);
		}
	});
});

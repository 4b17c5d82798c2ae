/** Random bytes at the console, mixed with valid commands and frames of Improv Wi-Fi. */

import assert from "node:assert/strict";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { seededRandom } from "../../hosts/board/random.js";
import { inWorld } from "../journey/world.js";

/** Of what a console hears between two checks, at most. */
const pieceLengthMaximum = 2048;
const answerMilliseconds = 1000;
/** Bytes a millisecond, at 115,200 baud. */
const lineRate = 11.52;
const commands = ["get all\r", "set wl s x\r\n", "help\r", "list\r", 'set wl p "a b c d e f"\n'];

/** Resolves with the number of checks, each after one line end; a wrong answer fails. */
export async function makeNoise(
	processor: ProcessorKind,
	byteLength: number,
	seed: number,
): Promise<number> {
	let checks = 0;
	await inWorld({ processor, seed, panic: "halt" }, async ({ terminal, board, clock }) => {
		await terminal.powerOn();
		const random = seededRandom(seed);
		for (let left = byteLength; left > 0;) {
			const noise = pieceOf(random);
			left -= noise.length;
			board.uart.input(noise);
			board.uart.input(Buffer.from("\r"));
			await clock.run(noise.length / lineRate + answerMilliseconds);
			terminal.transcript = "";
			board.uart.input(Buffer.from("get wlan.mac\r"));
			await clock.run(answerMilliseconds);
			const answer = "\r\n" + board.mac + "\r\n> ";
			assert.ok(terminal.transcript.endsWith(answer), JSON.stringify(terminal.transcript));
			assert.deepEqual(board.faults, []);
			checks++;
		}
	});
	return checks;
}

function pieceOf(random: (byteLength: number) => Uint8Array): Uint8Array {
	const [high = 0, low = 0, kind = 0, choice = 0] = random(4);
	const bytes = random(1 + (((high << 8) | low) % pieceLengthMaximum));
	if (kind < 64) return Buffer.concat([bytes, Buffer.from(commands[choice % 5] ?? "")]);
	if (kind < 128) return Buffer.concat([bytes, improvFrame(bytes.subarray(0, choice)), bytes]);
	return kind < 160 ? bytes.map((byte) => byte & 0x7f) : bytes;
}

function improvFrame(data: Uint8Array): Uint8Array {
	const frame = Buffer.concat([Buffer.from("IMPROV"), Buffer.of(1, 3, data.length), data]);
	const checksum = frame.reduce((sum, byte) => sum + byte, 0) & 0xff;
	return Buffer.concat([frame, Buffer.of(checksum, 0x0a)]);
}

/** Promises of the slot that doesn't run, as flash. A machine without one has no blocks. */

import type { Flash, Host } from "../../src/host.js";
import { equal, isTrue, thrown } from "../device/check.js";
import { pattern, sameBytes } from "./pattern.js";
import { pause } from "./event-log.js";
import { type Row, untilReset } from "./row.js";
import { Port } from "./serial.js";
import { NotOffered, offered } from "./surroundings.js";

const pieceLength = 256;

function opened(host: Host): Flash {
	const flash = host.flash.open({ path: "nextota", mode: "r+" });
	if (flash.status().blocks === 0) throw new NotOffered();
	return flash;
}

function sameAt(flash: Flash, position: number, expected: Uint8Array, what = ""): void {
	sameBytes(new Uint8Array(flash.read(expected.length, position)), expected, what);
}

function erasedBytes(length: number): Uint8Array {
	return new Uint8Array(length).fill(0xff);
}

export const flashRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "the slot is whole blocks of a power of two, with room for a program",
		run: (host) => {
			const { blocks, blockLength } = opened(host).status();
			isTrue(Number.isInteger(blocks) && Number.isInteger(blockLength), "whole numbers");
			isTrue(blockLength >= 512 && (blockLength & (blockLength - 1)) === 0, "a power of two");
			isTrue(blocks * blockLength >= 0x40000, "room");
		},
	},
	{
		name: "an erased block has all bits set, and what is written is read",
		run: (host) => {
			const flash = opened(host);
			const { blockLength } = flash.status();
			flash.eraseBlock(0);
			for (const position of [0, pieceLength, blockLength - pieceLength]) {
				sameAt(flash, position, erasedBytes(pieceLength), "erased");
				flash.write(pattern(pieceLength, position >> 4), position);
			}
			for (const position of [0, pieceLength, blockLength - pieceLength]) {
				sameAt(flash, position, pattern(pieceLength, position >> 4), "at " + position);
			}
			sameAt(flash, 2 * pieceLength, erasedBytes(pieceLength), "between");
		},
	},
	{
		name: "a write changes its own bytes only, at any position that is a multiple of 4",
		run: (host) => {
			const flash = opened(host);
			flash.eraseBlock(0);
			flash.write(pattern(8, 1), 20);
			sameAt(flash, 16, erasedBytes(4), "before");
			sameAt(flash, 20, pattern(8, 1));
			sameAt(flash, 28, erasedBytes(4), "behind");
		},
	},
	{
		name: "a view of other bytes is written as it is",
		run: (host) => {
			const flash = opened(host);
			flash.eraseBlock(0);
			flash.write(pattern(100, 3).subarray(8, 24), 0);
			sameAt(flash, 0, pattern(100, 3).slice(8, 24));
		},
	},
	{
		name: "flash and program share no memory",
		run: (host) => {
			const flash = opened(host);
			flash.eraseBlock(0);
			const written = pattern(8, 1);
			flash.write(written, 0);
			written.fill(0);
			new Uint8Array(flash.read(8, 0)).fill(0);
			sameAt(flash, 0, pattern(8, 1));
		},
	},
	{
		name: "bits can be cleared without erasing",
		run: (host) => {
			const flash = opened(host);
			flash.eraseBlock(0);
			for (const byte of [0xfe, 0xf0, 0x00]) {
				const bytes = new Uint8Array(4).fill(byte);
				flash.write(bytes, 0);
				sameAt(flash, 0, bytes);
			}
		},
	},
	{
		name: "erasing a block leaves its neighbours as they are",
		run: (host) => {
			const flash = opened(host);
			const { blockLength } = flash.status();
			for (const index of [0, 1, 2]) {
				flash.eraseBlock(index);
				flash.write(pattern(pieceLength, index), (index + 1) * blockLength - pieceLength);
				flash.write(pattern(pieceLength, index), index * blockLength);
			}
			flash.eraseBlock(1);
			for (const index of [0, 2]) {
				sameAt(flash, index * blockLength, pattern(pieceLength, index), "first of " + index);
				const last = (index + 1) * blockLength - pieceLength;
				sameAt(flash, last, pattern(pieceLength, index), "last of " + index);
			}
			sameAt(flash, blockLength, erasedBytes(pieceLength));
		},
	},
	{
		name: "a piece can lie across two blocks, and the last block ends the slot",
		run: (host) => {
			const flash = opened(host);
			const { blocks, blockLength } = flash.status();
			flash.eraseBlock(0);
			flash.eraseBlock(1);
			flash.write(pattern(pieceLength, 1), blockLength - 128);
			sameAt(flash, blockLength - 128, pattern(pieceLength, 1), "across");
			flash.eraseBlock(blocks - 1);
			const end = blocks * blockLength;
			flash.write(pattern(pieceLength, 2), end - pieceLength);
			sameAt(flash, end - pieceLength, pattern(pieceLength, 2), "at the end");
		},
	},
	{
		name: "an erase takes its time, less than half a second, by the clock that the program sees",
		run: (host) => {
			const flash = opened(host);
			for (let index = 0; index < 4; index++) {
				const before = host.clock.ticks();
				flash.eraseBlock(index);
				const took = host.clock.ticks() - before;
				isTrue(took >= 0 && took < 500, took + " ms");
			}
		},
	},
	{
		name: "what the line brings while blocks are erased is kept, or told as lost",
		run: async (host, { line }) => {
			const { type } = offered(line);
			const flash = opened(host);
			const port = new Port(host);
			await port.events.until(() => port.room > 0);
			const sent = pattern(1500);
			await type(sent);
			for (let index = 0; index < 4; index++) flash.eraseBlock(index);
			await pause(host, 1_000);
			const isTold = port.events.entries.includes("overrun");
			equal(
				isTold,
				port.received.length < sent.length,
				"told of what is lost, and else of nothing",
			);
			isTrue(port.received.length >= 128, "kept: " + port.received.length);
			await type(pattern(4));
			await pause(host);
			sameBytes(port.received.slice(-4), pattern(4));
			port.close();
		},
	},
	{
		name: "outside of the slot nothing is read, written or erased",
		run: (host) => {
			const flash = opened(host);
			const { blocks, blockLength } = flash.status();
			const end = blocks * blockLength;
			thrown(() => flash.eraseBlock(blocks));
			thrown(() => flash.write(new Uint8Array(8), end - 4));
			thrown(() => flash.read(8, end - 4));
			thrown(() => flash.read(4, -4));
		},
	},
	{
		name: "what the slot holds outlasts a reset",
		run: (host) => {
			const flash = opened(host);
			flash.eraseBlock(0);
			flash.write(pattern(pieceLength, 1), 0);
			flash.close();
			host.system.restart();
			return untilReset();
		},
		afterReset: (host) => {
			const flash = opened(host);
			sameAt(flash, 0, pattern(pieceLength, 1));
			flash.eraseBlock(0);
			equal(new Uint8Array(flash.read(1, 0))[0], 0xff);
		},
	},
]);

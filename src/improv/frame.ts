/**
 * Frames of the Improv Wi-Fi Serial standard, version 1 (https://www.improv-wifi.com/serial/):
 * `IMPROV`, version, type, length, data, checksum, line feed.
 */

import {
	beginningLength,
	frameLetters,
	frameVersion,
	matchedWith,
} from "../console/frame-beginning.js";
import { byteAt, concatenate } from "../encoding/bytes.js";
import type { Timer, TimerId } from "../host.js";

export type FrameType = (typeof FrameType)[keyof typeof FrameType];
export const FrameType = Object.freeze({ State: 1, Error: 2, Command: 3, Result: 4 });

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** The data of a command: its number and the length of what follows. */
const commandHeaderLength = 2;
/** A frame takes 25 ms at 115,200 baud; who pauses longer within one has given up. */
const pauseMilliseconds = 500;

/** A frame as it goes over the wire. `data` has at most 255 bytes. */
export function encodeFrame(type: FrameType, data: readonly number[] | Uint8Array): Uint8Array {
	const rest = Uint8Array.of(type, data.length, ...data);
	const beginning = [...frameLetters, frameVersion];
	return Uint8Array.of(...beginning, ...rest, checksumOf(rest), lineFeed);
}

/** The checksum of a frame whose bytes behind the beginning are these: the low byte of the sum. */
function checksumOf(rest: Uint8Array): number {
	let sum = frameVersion;
	for (const letter of frameLetters) sum += letter;
	for (const byte of rest) sum += byte;
	return sum & 0xff;
}

/** What a frame reader finds. */
export interface FrameListener {
	/** A whole command: its number, and what belongs to it. */
	onCommand(command: number, data: Uint8Array): void;
	/** What began as a frame is none. `bytes` are to be offered again: a frame may begin in them. */
	onBrokenFrame(bytes: Uint8Array): void;
}

type Place =
	/** Bytes are a line's. */
	| "outside"
	| "inside"
	/** Right behind a frame, or a line: a line feed there belongs to it. */
	| "behind"
	/** In what is left of a broken frame: up to a line end, a pause or the next frame. */
	| "in ruins";

/**
 * Reads the frames that begin in a stream of lines. What is left of a broken one is no line: who
 * sent it gets an error in place of an answer.
 */
export class FrameReader {
	private readonly timer: Timer;
	private readonly listener: FrameListener;
	private place: Place = "outside";
	/** What comes behind the beginning: type, length, data and checksum; the first two first. */
	private rest: Uint8Array = new Uint8Array(0);
	private length = 0;
	private pause: TimerId;
	/** In ruins: how many bytes of the next frame's beginning have come. */
	private matched = 0;

	constructor(timer: Timer, listener: FrameListener) {
		this.timer = timer;
		this.listener = listener;
	}

	/** The beginning of a frame has come. */
	begin(): void {
		this.place = "inside";
		this.rest = new Uint8Array(2);
		this.length = 0;
		this.wait();
	}

	/** Takes a byte, or refuses it: then it is a line's. */
	take(byte: number): boolean {
		switch (this.place) {
			case "outside":
				return false;
			case "behind":
				this.place = "outside";
				return byte === lineFeed;
			case "inside":
				this.takeRest(byte);
				return true;
			case "in ruins":
				this.takeRuin(byte);
				return true;
		}
	}

	private takeRest(byte: number): void {
		this.rest[this.length++] = byte;
		if (!this.isPlausible()) return this.break();
		const size = (this.rest[1] ?? 0) + 3;
		if (this.length === size) return this.finish();
		if (this.length === 2) this.rest = concatenate(this.rest, new Uint8Array(size - 2));
		this.wait();
	}

	private takeRuin(byte: number): void {
		this.matched = matchedWith(byte, this.matched);
		if (this.matched === beginningLength) return this.begin();
		const isEnd = byte === lineFeed || byte === carriageReturn;
		if (isEnd) this.end(byte === lineFeed ? "outside" : "behind");
		else this.wait();
	}

	private wait(): void {
		this.timer.clear(this.pause);
		this.pause = this.timer.set(() => this.giveUp(), pauseMilliseconds);
	}

	/** Bytes were lost: what comes next belongs to a frame that nobody can read. */
	tear(): void {
		if (this.place !== "inside") return;
		this.end("in ruins");
		this.wait();
		this.listener.onBrokenFrame(new Uint8Array(0));
	}

	/** Nothing has come for a while: what comes next is a line, as is what followed a line end. */
	private giveUp(): void {
		const isInside = this.place === "inside";
		const rest = this.rest.subarray(0, this.length);
		this.end("outside");
		if (!isInside) return;
		const end = rest.findIndex((byte) => byte === lineFeed || byte === carriageReturn);
		const isPair = rest[end] === carriageReturn && rest[end + 1] === lineFeed;
		const start = end < 0 ? rest.length : end + (isPair ? 2 : 1);
		this.listener.onBrokenFrame(rest.subarray(start));
	}

	/** Whether what has come so far can be a command: what can't is better a line again soon. */
	private isPlausible(): boolean {
		const [type, length = 0, , innerLength] = this.rest;
		switch (this.length) {
			case 1:
				return type === FrameType.Command;
			case 2:
				return length >= commandHeaderLength;
			case 4:
				return innerLength === length - commandHeaderLength;
			default:
				return true;
		}
	}

	/** A frame that is whole but wrong is still one: no line, and no passkey, is shown of it. */
	private finish(): void {
		const rest = this.rest;
		const isRight = rest[rest.length - 1] === checksumOf(rest.subarray(0, -1));
		this.end("behind");
		if (!isRight) return this.listener.onBrokenFrame(new Uint8Array(0));
		const headerLength = 2 + commandHeaderLength;
		this.listener.onCommand(byteAt(rest, 2), rest.subarray(headerLength, -1));
	}

	private break(): void {
		const bytes = this.rest.subarray(0, this.length);
		this.end("in ruins");
		this.wait();
		this.listener.onBrokenFrame(bytes);
	}

	private end(place: Place): void {
		this.timer.clear(this.pause);
		this.pause = undefined;
		this.place = place;
		this.matched = 0;
		this.rest = new Uint8Array(0);
	}
}

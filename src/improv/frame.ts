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
import { carriageReturn, lineFeed } from "../encoding/ascii.js";
import { byteAt, concatenate } from "../encoding/bytes.js";
import type { Timer, TimerId } from "../host.js";

export type FrameType = (typeof FrameType)[keyof typeof FrameType];
export const FrameType = Object.freeze({ State: 1, Error: 2, Command: 3, Result: 4 });

/** The data of a command: its number and the length of what follows. */
const commandHeaderLength = 2;
/** Type, length, 255 bytes of data and a checksum: so much at most follows a frame's beginning. */
const restLengthMaximum = 258;
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
	/** What began as a frame is none. `bytes` are to be offered: another began in it, before them. */
	onBrokenFrame(bytes: Uint8Array | undefined): void;
}

type Place =
	/** Bytes are a line's. */
	| "outside"
	| "inside"
	/** Right behind a frame, or a line: a line feed there belongs to it. */
	| "behind"
	/** In what is left of a broken frame: up to a line end behind it, a pause or the next frame. */
	| "in ruins";

/**
 * Reads the frames that begin in a stream of lines. What is left of a broken one is no line, line
 * ends in its data or not: who sent it gets an error in place of an answer.
 */
export class FrameReader {
	private readonly timer: Timer;
	private readonly listener: FrameListener;
	private place: Place = "outside";
	/** What comes behind the beginning: type, length, data and checksum; the first two first. */
	private rest: Uint8Array = new Uint8Array(0);
	/** How many bytes have come behind the beginning. */
	private length = 0;
	private pause: TimerId;
	/** In ruins: how many bytes of the next frame's beginning have come. */
	private matched = 0;
	/** In ruins: how long the rest of the broken frame can be. */
	private restLength = restLengthMaximum;

	constructor(timer: Timer, listener: FrameListener) {
		this.timer = timer;
		this.listener = listener;
	}

	/** The beginning of a frame has come. */
	begin(): void {
		this.leaveFor("inside");
		this.rest = new Uint8Array(2);
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
				this.collect(byte);
				return true;
			case "in ruins":
				this.takeRuin(byte);
				return true;
		}
	}

	private collect(byte: number): void {
		const offset = this.length++;
		if (offset < this.rest.length) this.rest[offset] = byte;
		if (offset === 1) this.rest = concatenate(this.rest, new Uint8Array(byte + 1));
		this.wait();
		if (this.place === "inside" && !this.isPlausible) this.break(restLengthMaximum);
		else if (this.length === this.rest.length && offset > 1) this.finish();
	}

	/** A line end within the broken frame is its data's, and what is behind that no line. */
	private takeRuin(byte: number): void {
		this.matched = matchedWith(byte, this.matched);
		if (this.matched === beginningLength) return this.begin();
		const isEnd = byte === lineFeed || byte === carriageReturn;
		if (!isEnd || this.length < this.restLength) return this.collect(byte);
		this.leaveFor(byte === lineFeed ? "outside" : "behind");
	}

	private wait(): void {
		this.timer.clear(this.pause);
		this.pause = this.timer.set(() => this.giveUp(), pauseMilliseconds);
	}

	/** Bytes were lost: what comes next belongs to a frame that nobody can read. */
	tear(): void {
		const isInside = this.place === "inside";
		if (!isInside && this.place !== "in ruins") return;
		this.rest = new Uint8Array(0);
		this.length = 2;
		if (isInside) this.break(restLengthMaximum);
	}

	/** Nothing has come for a while: what comes next is a line. */
	private giveUp(): void {
		const isInside = this.place === "inside";
		const next = this.nextFrame();
		if (next === undefined) this.leaveFor("outside");
		if (isInside) this.listener.onBrokenFrame(next);
	}

	/** Whether what has come so far can be a command: what can't is answered at once. */
	private get isPlausible(): boolean {
		const [type, length = 0] = this.rest;
		switch (this.length) {
			case 1:
				return type === FrameType.Command;
			case 2:
				return length >= commandHeaderLength;
			case 4:
				return this.agrees;
			default:
				return true;
		}
	}

	/** Both lengths of a command are those of one frame. */
	private get agrees(): boolean {
		const [, length = 0, , innerLength = 0] = this.rest;
		return innerLength === length - commandHeaderLength;
	}

	/** As many bytes have come as the frame says itself that it has. */
	private finish(): void {
		const rest = this.rest;
		const isRight = byteAt(rest, rest.length - 1) === checksumOf(rest.subarray(0, -1));
		if (this.place === "in ruins") {
			// Else its length may be what is broken.
			if (isRight || this.agrees) this.restLength = rest.length;
		} else if (isRight) {
			this.leaveFor("behind");
			const headerLength = 2 + commandHeaderLength;
			this.listener.onCommand(byteAt(rest, 2), rest.subarray(headerLength, -1));
		} else {
			this.break(rest.length);
		}
	}

	/** Nothing of a broken frame is run or shown: it may be a passkey. */
	private break(restLength: number): void {
		this.place = "in ruins";
		this.restLength = restLength;
		this.listener.onBrokenFrame(this.nextFrame());
	}

	/** Begins the frame that begins in a broken one, and returns what has come behind that. */
	private nextFrame(): Uint8Array | undefined {
		const bytes = this.rest.subarray(0, this.length);
		this.matched = 0;
		for (let offset = 0; offset < bytes.length; offset++) {
			this.matched = matchedWith(byteAt(bytes, offset), this.matched);
			if (this.matched < beginningLength) continue;
			this.begin();
			return bytes.subarray(offset + 1);
		}
		return undefined;
	}

	private leaveFor(place: Place): void {
		this.timer.clear(this.pause);
		this.pause = undefined;
		this.place = place;
		this.matched = 0;
		this.rest = new Uint8Array(0);
		this.length = 0;
	}
}

/**
 * Frames of the Improv Wi-Fi Serial standard, version 1 (https://www.improv-wifi.com/serial/):
 * `IMPROV`, version, type, length, data, checksum, line feed.
 */

import { byteAt, concatenate } from "../encoding/bytes.js";
import type { Timer, TimerId } from "../host.js";

export type FrameType = (typeof FrameType)[keyof typeof FrameType];
export const FrameType = Object.freeze({ State: 1, Error: 2, Command: 3, Result: 4 });

/** The letters and the version that every frame begins with. */
const beginning: readonly number[] = Object.freeze([0x49, 0x4d, 0x50, 0x52, 0x4f, 0x56, 0x01]);
/** The byte that every frame begins with. */
export const frameStart = 0x49;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** The data of a command: its number and the length of what follows. */
const commandHeaderLength = 2;
/** A frame takes 25 ms at 115,200 baud; who pauses longer within one has given up. */
const pauseMilliseconds = 500;

/** A frame as it goes over the wire. `data` has at most 255 bytes. */
export function encodeFrame(type: FrameType, data: readonly number[] | Uint8Array): Uint8Array {
	const rest = Uint8Array.of(type, data.length, ...data);
	return Uint8Array.of(...beginning, ...rest, checksumOf(rest), lineFeed);
}

/** The checksum of a frame whose bytes behind the beginning are these: the low byte of the sum. */
function checksumOf(rest: Uint8Array): number {
	let sum = 0;
	for (const byte of beginning) sum += byte;
	for (const byte of rest) sum += byte;
	return sum & 0xff;
}

/** What a frame reader finds. */
export interface FrameListener {
	/** A whole command: its number, and what belongs to it. */
	onCommand(command: number, data: Uint8Array): void;
	/** Something began as a frame and isn't one. `lines` is what followed its first line end. */
	onBrokenFrame(lines: Uint8Array): void;
	/** Bytes that were held back, and are the beginning of a line. */
	onTyped(bytes: Uint8Array): void;
}

/**
 * Finds the frames among what comes between lines; give it bytes only there.
 *
 * It holds back what may become a frame. Of a frame that breaks, what follows its first line end is
 * a line again: a command that somebody sends after noise must not be lost in it.
 */
export class FrameReader {
	private readonly timer: Timer;
	private readonly listener: FrameListener;
	/** How many bytes of `beginning` have come. */
	private matched = 0;
	/** What comes behind it: type, length, data and checksum; the first two before the others. */
	private rest: Uint8Array = new Uint8Array(0);
	private length = 0;
	private pause: TimerId;
	/** A line feed right after a frame belongs to it. */
	private isAfterFrame = false;

	constructor(timer: Timer, listener: FrameListener) {
		this.timer = timer;
		this.listener = listener;
	}

	/** Takes a byte, or refuses it: then it is a line's, and so is all that was held back. */
	take(byte: number): boolean {
		const isSecondOfPair = this.isAfterFrame && byte === lineFeed;
		this.isAfterFrame = false;
		if (isSecondOfPair) return true;
		if (this.matched === beginning.length) {
			this.takeRest(byte);
			return true;
		}
		if (byte === beginning[this.matched]) {
			if (++this.matched === beginning.length) this.begin();
			return true;
		}
		const held = Uint8Array.from(beginning.slice(0, this.matched));
		this.matched = 0;
		if (held.length > 0) this.listener.onTyped(held);
		return false;
	}

	private begin(): void {
		this.rest = new Uint8Array(2);
		this.length = 0;
		this.wait();
	}

	private takeRest(byte: number): void {
		this.rest[this.length++] = byte;
		if (!this.isPlausible()) return this.break();
		const size = (this.rest[1] ?? 0) + 3;
		if (this.length === size) return this.finish();
		if (this.length === 2) this.rest = concatenate(this.rest, new Uint8Array(size - 2));
		this.timer.clear(this.pause);
		this.wait();
	}

	private wait(): void {
		this.pause = this.timer.set(() => this.break(), pauseMilliseconds);
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

	private finish(): void {
		const rest = this.rest;
		const isWhole = rest[rest.length - 1] === checksumOf(rest.subarray(0, -1));
		if (!isWhole) return this.break();
		this.end();
		this.isAfterFrame = true;
		const headerLength = 2 + commandHeaderLength;
		this.listener.onCommand(byteAt(rest, 2), rest.subarray(headerLength, -1));
	}

	private break(): void {
		const rest = this.rest.subarray(0, this.length);
		this.end();
		const end = rest.findIndex((byte) => byte === lineFeed || byte === carriageReturn);
		const isPair = rest[end] === carriageReturn && rest[end + 1] === lineFeed;
		const start = end < 0 ? rest.length : end + (isPair ? 2 : 1);
		this.listener.onBrokenFrame(rest.subarray(start));
	}

	private end(): void {
		this.timer.clear(this.pause);
		this.matched = 0;
		this.rest = new Uint8Array(0);
	}
}

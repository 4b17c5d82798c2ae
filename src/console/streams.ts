/** Long replies that wait for a controller to read them, a piece at a time. */

import type { Device, Lines, Streams } from "../device.js";
import { CommandError, ErrorDigit } from "./reply.js";
import { autoClose } from "./variables/console-variables.js";
import { isOn } from "./values.js";
import { concatenate } from "../encoding/bytes.js";
import { visibleBytes } from "../encoding/visible.js";

/** As Gecko OS's. */
const streamsMaximum = 8;
/** What a small heap can hand over at once. */
const pieceLengthMaximum = 4096;
const lineEndLength = 2;

interface Stream {
	readonly name: string;
	readonly lines: Lines;
	readonly length: number;
	position: number;
	/** The line that `position` is in, and the position of its first byte. */
	line: number;
	lineStart: number;
}

export class ConsoleStreams implements Streams {
	private readonly device: Device;
	private readonly streams: (Stream | undefined)[] = [];

	constructor(device: Device) {
		this.device = device;
	}

	open(name: string, lines: Lines): string {
		let handle = 0;
		while (this.streams[handle] !== undefined) handle++;
		if (handle >= streamsMaximum) {
			throw new CommandError(ErrorDigit.Overflow, "Too many streams are open: close all");
		}
		const length = byteLengthOf(lines);
		this.streams[handle] = { name, lines, length, position: 0, line: 0, lineStart: 0 };
		return handle + "," + length;
	}

	read(handle: number, count: number): Uint8Array | undefined {
		const stream = this.at(handle);
		const left = stream.length - stream.position;
		if (left === 0 && isOn(this.device, autoClose)) this.close(handle);
		if (left === 0) return undefined;
		return readFrom(stream, Math.min(left, count, pieceLengthMaximum));
	}

	isAtEnd(handle: number): boolean {
		const { position, length } = this.at(handle);
		return position === length;
	}

	close(handle: number): void {
		this.at(handle);
		this.streams[handle] = undefined;
	}

	closeAll(): void {
		this.streams.length = 0;
	}

	list(): Lines {
		const rows = ["! # Type  Info"];
		for (let handle = 0; handle < this.streams.length; handle++) {
			const stream = this.streams[handle];
			if (stream === undefined) continue;
			const { name, position, length } = stream;
			rows.push("# " + handle + " CMD   " + name + " (" + position + ", " + length + ")");
		}
		return (index) => rows[index];
	}

	private at(handle: number): Stream {
		const stream = this.streams[handle];
		if (stream !== undefined) return stream;
		throw new CommandError(
			ErrorDigit.BoundsError,
			"No stream has that handle. `list` shows those that are open.",
		);
	}
}

/** Bytes of all lines with their ends. */
export function byteLengthOf(lines: Lines): number {
	let length = 0;
	for (let index = 0; ; index++) {
		const line = lines(index);
		if (line === undefined) return length;
		length += visibleBytes(line).length + lineEndLength;
	}
}

/** The next `count` bytes, which are there. */
function readFrom(stream: Stream, count: number): Uint8Array {
	const bytes = new Uint8Array(count);
	let filled = 0;
	while (filled < count) {
		const text = visibleBytes(stream.lines(stream.line) ?? "");
		const line = concatenate(text, Uint8Array.of(0x0d, 0x0a));
		const piece = line.subarray(stream.position - stream.lineStart).subarray(0, count - filled);
		bytes.set(piece, filled);
		filled += piece.length;
		stream.position += piece.length;
		if (stream.position < stream.lineStart + line.length) break;
		stream.line++;
		stream.lineStart = stream.position;
	}
	return bytes;
}

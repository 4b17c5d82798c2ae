/** Where the service's log goes: it may lose lines, but never keeps the service from its work. */

import { fstatSync, writeSync } from "node:fs";
import type { Writable } from "node:stream";
import { isatty } from "node:tty";

/** Takes a line; what can't be written is lost, counted, and told once lines can be again. */
export type LogSink = (line: string) => void;

/** What a reader that has stopped reading may leave in memory. */
const pendingBytesMaximum = 1_048_576;

/** The log on standard error, whether that is a file, a pipe or a terminal. */
export function openLogSink(stream: Writable & { readonly fd?: number }): LogSink {
	const { fd } = stream;
	// A stream to a file ends with its first error; a full disk may have room again.
	return createLogSink(
		fd !== undefined && isFile(fd) ? (text) => writeWhole(fd, text) : (text) => offer(stream, text),
	);
}

/** Whether writing takes no reader, and so can't wait for one. */
function isFile(fd: number): boolean {
	const stats = fstatSync(fd);
	return !stats.isFIFO() && !stats.isSocket() && !isatty(fd);
}

/** `write` returns whether it has taken the text. */
export function createLogSink(write: (text: string) => boolean): LogSink {
	let lost = 0;
	return (line) => {
		const told = lost > 0 ? lost + " lines of the log were lost here.\n" : "";
		if (write(told + line + "\n")) lost = 0;
		else lost++;
	};
}

function writeWhole(fd: number, text: string): boolean {
	try {
		const bytes = Buffer.from(text);
		return writeSync(fd, bytes) === bytes.length;
	} catch {
		return false; // The disk is full, or gone: the line is counted.
	}
}

function offer(stream: Writable, text: string): boolean {
	if (!stream.writable || stream.writableLength > pendingBytesMaximum) return false;
	stream.write(text);
	return true;
}

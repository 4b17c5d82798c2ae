/** The lines that were typed before, as many as fit a fixed number of bytes. */

import { lineFeed } from "../encoding/ascii.js";
import { equal } from "../encoding/bytes.js";

/** Room for 16 lines of 47 characters, or more that are shorter. */
const byteLengthMaximum = 768;
/** It grows by so much at a time: who types little needs little. */
const byteLengthStep = 64;

export class History {
	/** The newest first, each with a line feed behind it; nothing before the first line. */
	private bytes: Uint8Array | undefined;
	private length = 0;
	/** Which line is shown, and what was typed before going there. */
	private age = -1;
	private draft: Uint8Array | undefined;

	/** A new line is begun. */
	begin(): void {
		this.age = -1;
		this.draft = undefined;
	}

	/** The line a step older than the one that is shown, -1 for newer; nothing beyond the ends. */
	recall(step: 1 | -1, shown: Uint8Array): Uint8Array | undefined {
		const age = this.age + step;
		const line = age === -1 ? this.draft : this.at(age);
		if (age < -1 || line === undefined) return undefined;
		if (this.age < 0) this.draft = shown.slice();
		this.age = age;
		return line;
	}

	/** The line before so many others, 0 for the newest; a view, good until the next change. */
	private at(age: number): Uint8Array | undefined {
		let start = 0;
		for (; age > 0; age--) start = this.endOf(start) + 1;
		if (this.bytes === undefined || start >= this.length) return undefined;
		return this.bytes.subarray(start, this.endOf(start));
	}

	/** Remembers a line that is not empty and not the newest already. */
	add(line: Uint8Array): void {
		const newest = this.at(0);
		if (line.length === 0 || (newest !== undefined && equal(newest, line))) return;
		const shift = line.length + 1;
		const bytes = this.bytesFor(this.length + shift);
		bytes.copyWithin(shift, 0);
		bytes.set(line);
		bytes[line.length] = lineFeed;
		this.length = Math.min(this.length + shift, bytes.length);
		this.length = bytes.lastIndexOf(lineFeed, this.length - 1) + 1; // Only whole lines.
	}

	private bytesFor(length: number): Uint8Array {
		const before = this.bytes;
		if (before !== undefined && before.length >= Math.min(length, byteLengthMaximum)) return before;
		const steps = Math.ceil(length / byteLengthStep);
		const bytes = new Uint8Array(Math.min(steps * byteLengthStep, byteLengthMaximum));
		if (before !== undefined) bytes.set(before);
		this.bytes = bytes;
		return bytes;
	}

	private endOf(start: number): number {
		if (this.bytes === undefined || start >= this.length) return this.length;
		return this.bytes.indexOf(lineFeed, start);
	}
}

/** A controller's lines: bounded, never echoed, with no keys. The machine format needs no more. */

import { carriageReturn, deleteCharacter, lineFeed, space, xoff, xon } from "../encoding/ascii.js";
import { byteAt } from "../encoding/bytes.js";
import { Line, type LineProblem } from "../terminal/line.js";
import type { LineInput } from "./line-input.js";

export class PlainInput implements LineInput {
	private readonly line = new Line();
	/** A line is whole and waits to be taken. */
	hasLine = false;
	/** A carriage return was the last byte: a line feed right after it belongs to it. */
	private isAfterReturn = false;

	tear(): void {
		this.line.spoil("torn");
	}

	take(bytes: Uint8Array): number {
		let offset = 0;
		while (offset < bytes.length && !this.hasLine) this.takeByte(byteAt(bytes, offset++));
		return offset;
	}

	takeLine(): { line: string; problem?: LineProblem } {
		const { line } = this;
		if (line.hasControls) line.spoil("control character");
		const { problem } = line;
		const text = problem === undefined ? line.textOf(0, line.length) : "";
		line.clear();
		this.hasLine = false;
		return problem === undefined ? { line: text } : { line: text, problem };
	}

	private takeByte(byte: number): void {
		const isSecondOfPair = byte === lineFeed && this.isAfterReturn;
		this.isAfterReturn = byte === carriageReturn;
		if (isSecondOfPair) return;
		if (byte === carriageReturn || byte === lineFeed) this.hasLine = true;
		else if (byte >= space && byte !== deleteCharacter) this.line.insert(byte);
		else if (!this.isNothing(byte)) this.line.spoil("control character");
	}

	/** A port that is switched on gives a zero before the line. */
	private isNothing(byte: number): boolean {
		return byte === xon || byte === xoff || (byte === 0 && this.line.isEmpty);
	}
}

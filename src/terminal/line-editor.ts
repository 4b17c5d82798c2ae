/** Bytes of a terminal or controller in, lines out: bounded, and for people shown and editable. */

import { carriageReturn, deleteCharacter, lineFeed, space, xoff, xon } from "../encoding/ascii.js";
import { byteAt } from "../encoding/bytes.js";
import { utf8Encode } from "../encoding/utf8.js";
import { visible } from "../encoding/visible.js";
import { EditedLine } from "./edited-line.js";
import { destinationOf, erasureOf } from "./edits.js";
import { History } from "./history.js";
import { type Key, KeyReader } from "./keys.js";
import type { LineProblem } from "./line.js";
import type { EditorOwner } from "./owner.js";
import { columnsMinimum, Screen } from "./screen.js";
import { WidthQuestion } from "./width-question.js";

const bell = "\x07";

export class LineEditor {
	private readonly owner: EditorOwner;
	private readonly line = new EditedLine();
	private readonly keys = new KeyReader();
	private readonly screen = new Screen();
	private readonly history = new History();
	private prompt = "";
	private isEchoing = true;
	/** Nothing but text makes a line. */
	private isStrict = false;
	/** A line is whole and waits to be taken. */
	hasLine = false;
	/** A carriage return was the last byte: a line feed right after it belongs to it. */
	private isAfterReturn = false;
	/** Bytes that are missing of the character before the cursor. */
	private missing = 0;
	/** Up to where the line is shown, if it is not stale. */
	private shownEnd = 0;
	/** Where a secret begins in the line; behind its end when there is none. */
	private secret = Infinity;
	/** The line is to be drawn anew. */
	private isStale = false;
	/** Whether the width has been asked for in this line. */
	private hasAsked = false;
	private readonly question: WidthQuestion;

	constructor(owner: EditorOwner) {
		this.owner = owner;
		this.question = new WidthQuestion(owner);
	}

	/**
	 * A line can be typed; without echo nothing is shown, and nothing remembered. `isStrict` is for
	 * machines, who have no keys: a control character makes the line void.
	 */
	begin(prompt: string, isEchoing: boolean, isStrict = false): void {
		this.prompt = prompt;
		this.isEchoing = isEchoing;
		this.isStrict = isStrict;
		this.screen.begin();
		this.screen.pass(prompt);
		this.owner.write(prompt);
	}

	/**
	 * Calls back when the line can be hidden: at once, or when the terminal has said how wide it is
	 * now, so that it is known how many rows the line takes.
	 */
	whenMeasured(act: () => void): void {
		if (this.isEchoing && this.screen.cells >= columnsMinimum) this.question.ask(act);
		if (!this.question.isOpen) act();
	}

	/** Makes room for something else to be shown, where the line was. */
	hide(): void {
		if (this.isEchoing || this.prompt !== "") this.owner.write(this.screen.clear());
	}

	/** Shows the line again that is being typed. */
	show(): void {
		if (!this.isEchoing) return this.owner.write(this.prompt);
		this.isStale = false;
		this.draw();
	}

	/** Nothing of a line has been typed. */
	get isEmpty(): boolean {
		return this.line.isEmpty && !this.hasLine;
	}

	/** Bytes were lost before those that come next: what the line was to be nobody knows. */
	tear(): void {
		this.line.spoil("torn");
		this.missing = 0;
		this.keys.reset();
	}

	/** The bytes that were typed last are none of the line's; a key may have taken the first. */
	takeBack(bytes: Uint8Array): void {
		this.missing = 0;
		this.keys.reset();
		const { line } = this;
		if (line.isTooLong) return;
		for (let first = 0; first < 2; first++) {
			const rest = bytes.subarray(first);
			if (!line.endsWith(rest)) continue;
			line.erase(line.cursor - rest.length, line.cursor);
			this.shownEnd = Math.min(this.shownEnd, line.cursor);
			return;
		}
	}

	/** Takes bytes up to the end of a line, if there is one; returns how many it took. */
	take(bytes: Uint8Array): number {
		let offset = 0;
		while (offset < bytes.length && !this.hasLine) {
			const byte = byteAt(bytes, offset++);
			const isSecondOfPair = byte === lineFeed && this.isAfterReturn;
			this.isAfterReturn = byte === carriageReturn;
			if (isSecondOfPair) continue;
			if (byte === carriageReturn || byte === lineFeed) this.endLine();
			else if (this.isStrict) this.takeText(byte);
			else this.takeKey(this.keys.take(byte), byte);
		}
		if (this.isStale && !this.question.isOpen) this.redraw();
		else this.showNew();
		return offset;
	}

	/** The line that is whole; the editor begins a new one. */
	takeLine(): { readonly line: string; readonly problem?: LineProblem } {
		const line = this.line;
		if (this.isStrict && line.hasControls) line.spoil("control character");
		const { problem } = line;
		const text = problem === undefined ? line.textOf(0, line.length) : "";
		this.findSecret();
		const isKept = problem === undefined && this.isEchoing && this.secret >= line.length;
		if (isKept) this.history.add(line.bytes);
		this.hasLine = false;
		this.clear();
		return problem === undefined ? { line: text } : { line: text, problem };
	}

	private clear(): void {
		this.line.clear();
		this.missing = 0;
		this.shownEnd = 0;
		this.secret = Infinity;
		this.history.begin();
		this.hasAsked = false;
	}

	private endLine(): void {
		this.hasLine = true;
		this.keys.reset();
		this.question.end();
		this.leave("\r\n");
	}

	/** Moves the cursor behind the line, and writes what is to stand there. */
	private leave(text: string): void {
		if (!this.isEchoing) return;
		this.showNew();
		if (this.isStale || !this.line.isAtEnd) {
			this.line.moveTo(this.line.length);
			this.redraw();
		}
		this.owner.write(text);
	}

	/** A break and a line that is switched on are a zero before the line: nobody means anything. */
	private takeText(byte: number): void {
		if (byte >= space && byte !== deleteCharacter) return this.insert(byte);
		const isNothing = byte === xon || byte === xoff || (byte === 0 && this.line.isEmpty);
		if (!isNothing) this.line.spoil("control character");
	}

	private takeKey(key: Key, byte: number): void {
		if (key === "text") return this.insert(byte);
		this.missing = 0;
		if (key === "none") return;
		if (key === "position") return this.learnWidth();
		this.showNew();
		if (this.isEchoing) this.ask(key);
		this.edit(key);
	}

	private edit(key: Key): void {
		const line = this.line;
		const destination = destinationOf(key, line);
		if (destination !== undefined) return this.moveTo(destination);
		if (key === "erase left" && line.isAtEnd) return this.eraseLast();
		const erasure = erasureOf(key, line);
		if (erasure !== undefined) return this.erase(...erasure);
		switch (key) {
			case "older":
				return this.recall(1);
			case "newer":
				return this.recall(-1);
			case "complete":
				return this.complete();
			case "cancel":
				return this.cancel();
			case "clear screen":
				this.print("\x1b[H");
				this.screen.begin();
				this.isStale = true;
		}
	}

	private insert(byte: number): void {
		if (!this.line.insert(byte)) return this.print(bell);
		const isLead = (byte & 0xc0) !== 0x80;
		this.missing = isLead ? followersOf(byte) : Math.max(this.missing - 1, 0);
		if (!this.line.isAtEnd) this.isStale = true;
	}

	/** Shows what has come at the end of the line. */
	private showNew(): void {
		const line = this.line;
		const end = this.missing > 0 ? line.left : line.length;
		if (!this.isEchoing || this.isStale || end <= this.shownEnd) return;
		this.findSecret();
		const text = this.shown(this.shownEnd, end);
		this.shownEnd = end;
		this.screen.pass(text);
		this.owner.write(text);
	}

	private moveTo(offset: number): void {
		if (offset === this.line.cursor) return this.print(bell);
		this.line.moveTo(offset);
		this.isStale = true;
	}

	private erase(start: number, end: number): void {
		if (start === end) return this.print(bell);
		this.line.erase(start, end);
		this.isStale = true;
	}

	/** The common case costs three characters instead of a whole line. */
	private eraseLast(): void {
		const line = this.line;
		const start = line.left;
		const end = line.length;
		const columns = this.screen.columnsBack(this.shown(start, end));
		const wasStale = this.isStale;
		this.erase(start, end);
		if (start === end || wasStale || columns === 0 || this.question.isOpen) return;
		const back = "\b".repeat(columns);
		this.screen.goBack(columns);
		this.print(back + " ".repeat(columns) + back);
		this.shownEnd = start;
		this.isStale = false;
	}

	private recall(step: 1 | -1): void {
		const line = this.isEchoing ? this.history.recall(step, this.line.bytes) : undefined;
		if (line === undefined) return this.print(bell);
		this.line.replace(line);
		this.isStale = true;
	}

	private complete(): void {
		if (!this.isEchoing) return;
		const line = this.line;
		const { text, lines } = this.owner.complete(line.textOf(0, line.cursor));
		for (const byte of utf8Encode(text)) this.insert(byte);
		if (lines === undefined) return text === "" ? this.print(bell) : undefined;
		const { cursor } = line;
		this.leave("\r\n" + lines + "\r\n");
		this.screen.begin();
		line.moveTo(cursor);
		this.isStale = true;
	}

	private cancel(): void {
		this.question.end();
		this.leave("^C\r\n");
		this.clear();
		this.isStale = false;
		this.begin(this.prompt, this.isEchoing, this.isStrict);
	}

	private print(text: string): void {
		if (this.isEchoing) this.owner.write(text);
	}

	private redraw(): void {
		this.isStale = false;
		if (!this.isEchoing) return;
		this.owner.write(this.screen.clear());
		this.draw();
	}

	private draw(): void {
		this.findSecret();
		const { length, cursor } = this.line;
		const before = this.prompt + this.shown(0, cursor);
		const text = cursor === length ? before : this.prompt + this.shown(0, length);
		this.shownEnd = length;
		this.owner.write(this.screen.draw(text, before));
	}

	/** What is shown of a part of the line: of a secret asterisks. */
	private shown(start: number, end: number): string {
		const secret = Math.max(start, this.secret);
		if (end <= secret) return visible(this.line.textOf(start, end));
		const hidden = [...this.line.textOf(secret, end)].length;
		return visible(this.line.textOf(start, secret)) + "*".repeat(hidden);
	}

	private findSecret(): void {
		const index = this.owner.secretStart(this.line.textOf(0, this.line.length));
		this.secret = index === undefined ? Infinity : this.line.offsetOf(index);
	}

	/** Asks for the width, once a line, when drawing depends on it: nobody else edits so much. */
	private ask(key: Key): void {
		const isShort = this.screen.cells < columnsMinimum;
		if (this.hasAsked || (key === "erase left" && isShort)) return;
		this.hasAsked = true;
		this.question.ask(() => {
			if (this.isStale) this.redraw();
		});
	}

	private learnWidth(): void {
		const { column } = this.keys;
		if (!this.question.isAnsweredBy(column)) return;
		this.screen.resize(column);
		this.question.end();
	}
}

/** Bytes that follow the first of a character. */
function followersOf(lead: number): number {
	return lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf8 ? 3 : 0;
}

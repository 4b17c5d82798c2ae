/** Where the line stands on a terminal: it wraps, and characters differ in width. */

import { widthOf } from "./width.js";

/** What a terminal has unless it says otherwise. */
const columnsDefault = 80;
/** No terminal is narrower, so that up to here nothing wraps on any. */
export const columnsMinimum = 8;

export class Screen {
	columns = columnsDefault;
	/** Of the cursor, counted from the row that the prompt is in. */
	private row = 0;
	/** Of the cursor; the number of columns itself when the next character wraps. */
	private column = 0;
	/** Columns taken since the prompt's row began, as if there were no end of a row. */
	private cellCount = 0;

	/** Nothing has been shown yet in the row that the cursor is in. */
	begin(): void {
		this.row = 0;
		this.column = 0;
		this.cellCount = 0;
	}

	get cells(): number {
		return this.cellCount;
	}

	/** The cursor goes over a text, which stands there or is being written. */
	pass(text: string): void {
		for (const character of text) {
			const width = widthOf(character.codePointAt(0) ?? 0);
			this.cellCount += width;
			if (this.column + width > this.columns) {
				this.row++;
				this.column = 0;
			}
			this.column += width;
		}
	}

	/** Columns back to before `text`, which is short, or 0 when that is in another row. */
	columnsBack(text: string): number {
		let width = 0;
		for (const character of text) width += widthOf(character.codePointAt(0) ?? 0);
		return this.column > width && this.column < this.columns ? width : 0;
	}

	/** The cursor goes so many columns to the left within its row. */
	goBack(columns: number): void {
		this.column -= columns;
		this.cellCount -= columns;
	}

	/** The terminal has another width than was thought, and what stands there was wrapped by that. */
	resize(columns: number): void {
		if (columns === this.columns) return;
		this.columns = columns;
		this.row = Math.floor(Math.max(this.cellCount - 1, 0) / columns);
		this.column = this.cellCount - this.row * columns;
	}

	/** Moves to the prompt's place and clears all from there on. */
	clear(): string {
		const up = upBy(this.row);
		this.begin();
		return up + "\r\x1b[J";
	}

	/** Writes `text` from the prompt's place, and moves the cursor to behind `before`. */
	draw(text: string, before: string): string {
		this.begin();
		this.pass(text);
		const wrap = this.wrap();
		if (before === text) return text + wrap;
		const lastRow = this.row;
		this.begin();
		this.pass(before);
		this.wrap();
		return text + wrap + upBy(lastRow - this.row) + "\r" + rightBy(this.column);
	}

	/** Terminals wrap only when there is more to show: what makes them do it now, if need be. */
	private wrap(): string {
		if (this.column < this.columns) return "";
		this.row++;
		this.column = 0;
		return "\r\n";
	}
}

function upBy(rows: number): string {
	return rows > 0 ? "\x1b[" + rows + "A" : "";
}

function rightBy(columns: number): string {
	return columns > 0 ? "\x1b[" + columns + "C" : "";
}

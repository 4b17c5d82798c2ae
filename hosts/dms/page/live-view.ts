/** What moves on a page: pieces with a name each, which are sent anew when they have changed. */

import { html } from "hono/html";
import { type Cell, cellsOf, type Markup, tableAround } from "./layout.js";

/** `key` is the piece's name within its list. */
export function livePiece(key: string, content: Markup): Markup {
	return html`<div data-key="${key}">${content}</div>`;
}

/** A row of a table whose rows move. */
export interface LiveRow {
	readonly key: string;
	readonly cells: readonly Cell[];
}

/** `topic` is what is asked for to hear of it: see `live-topics.ts`. */
export function liveTable(
	topic: string,
	heads: readonly string[],
	rows: readonly LiveRow[],
): Markup {
	const lines = rows.map((row) => liveRow(heads, row));
	return tableAround(
		heads,
		lines.length,
		html`<tbody data-live="${topic}">
			${lines}
		</tbody>`,
	);
}

export function liveRow(heads: readonly string[], row: LiveRow): Markup {
	return html`<tr data-key="${row.key}">
		${cellsOf(heads, row.cells)}
	</tr>`;
}

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

/**
 * The style shows the table, or that there is none, as long as it has no row: the first one may
 * come; `none` is what is said then. `topic` is what is asked for to hear of it: see
 * `live-topics.ts`.
 */
export function liveTable(
	topic: string,
	heads: readonly string[],
	rows: readonly LiveRow[],
	none: Markup = html`None.`,
): Markup {
	const body = html`<tbody data-live="${topic}">
		${rows.map((row) => liveRow(heads, row))}
	</tbody>`;
	return html`<div class="live">
		${tableAround(heads, body)}
		<p class="quiet">${none}</p>
	</div>`;
}

export function liveRow(heads: readonly string[], row: LiveRow): Markup {
	return html`<tr data-key="${row.key}">
		${cellsOf(heads, row.cells)}
	</tr>`;
}

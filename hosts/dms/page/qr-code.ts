/** A text as a QR code: a picture of paths, as the page's policy lets none of its own styles be. */

import { html } from "hono/html";
import qrcode from "qrcode-generator";
import type { Markup } from "./layout.js";

/** What a reader needs around it, in modules. */
const quiet = 4;

export function qrCode(text: string, label: string): Markup {
	const code = qrcode(0, "M");
	code.addData(text, "Byte");
	code.make();
	const count = code.getModuleCount();
	const side = count + 2 * quiet;
	let path = "";
	for (let row = 0; row < count; row++) {
		for (let column = 0; column < count; column++) {
			if (!code.isDark(row, column)) continue;
			let length = 1;
			while (column + length < count && code.isDark(row, column + length)) length++;
			path += `M${column + quiet} ${row + quiet}h${length}v1h-${length}z`;
			column += length;
		}
	}
	return html`<svg viewBox="0 0 ${side} ${side}" role="img" aria-label="${label}">
		<rect width="${side}" height="${side}" fill="#fff" />
		<path d="${path}" fill="#000" shape-rendering="crispEdges" />
	</svg>`;
}

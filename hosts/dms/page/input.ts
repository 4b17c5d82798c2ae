/** Fields of forms of other kinds than text, and what is in them. */

import { html } from "hono/html";
import type { Fields } from "./exchange.js";
import type { Markup } from "./layout.js";

/** The same with days, in UTC, as seconds since 1970; what is no day is left to be refused. */
export function withTimes(fields: Fields): Fields {
	const entries = Object.entries(fields).map(([name, text]) => {
		const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
		return [name, isDay ? String(Date.parse(text) / 1000) : text] as const;
	});
	return Object.fromEntries(entries);
}

/** A field with what it is called, and what is in it. */
export function input(name: string, label: string, value = "", more: InputOptions = {}): Markup {
	const { type = "text", isRequired = false, autocomplete = "off", minimum, maximum } = more;
	return html`<label
		>${label}<input
			name="${name}"
			type="${type}"
			value="${value}"
			autocomplete="${autocomplete}"
			${isRequired ? "required" : ""}
			${minimum === undefined ? "" : html`min="${minimum}"`}
			${maximum === undefined ? "" : html`max="${maximum}"`}
	/></label>`;
}

interface InputOptions {
	readonly type?: "text" | "number" | "password" | "email" | "date";
	readonly isRequired?: boolean;
	readonly autocomplete?: string;
	readonly minimum?: number;
	readonly maximum?: number;
}

/** A form's number, or what it is in place of one, which is refused then. */
export function numberIn(text: string | undefined): number | string | undefined {
	if (text === undefined) return undefined;
	return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Days of a form in seconds. */
export function secondsIn(days: string | undefined): number | string | undefined {
	const count = numberIn(days);
	return typeof count === "number" ? count * 86_400 : count;
}

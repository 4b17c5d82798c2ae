/** Fields of forms. */

import { html } from "hono/html";
import type { Fields, Refusal } from "./exchange.js";
import { failure, type Markup } from "./layout.js";

/** What was wrong with this form, if it was this one. */
export function failureOf(form: string, refusal: Refusal | undefined): Markup {
	return failure(refusal?.form === form ? refusal.message : undefined);
}

/** What was in this field of the form that was wrong, or else `text`. */
export function kept(form: string, name: string, refusal: Refusal | undefined, text = ""): string {
	return (refusal?.form === form ? refusal.fields[name] : undefined) ?? text;
}

/** `texts` are what each value is called. */
export function choice(name: string, value: string, texts: Fields): Markup {
	const options = Object.entries(texts).map(([key, text]) =>
		key === value
			? html`<option value="${key}" selected>${text}</option>`
			: html`<option value="${key}">${text}</option>`,
	);
	return html`<select name="${name}">
		${options}
	</select>`;
}

/** The same with days, in UTC, as seconds since 1970; what is no day is left to be refused. */
export function withTimes(fields: Fields): Fields {
	const entries = Object.entries(fields).map(([name, text]) => {
		const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
		return [name, isDay ? String(Date.parse(text) / 1000) : text] as const;
	});
	return Object.fromEntries(entries);
}

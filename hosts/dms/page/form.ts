/** Fields of forms, and what is said beside them. */

import { html, raw } from "hono/html";
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

/**
 * The forms of a page that shows one thing and changes it: each says how that was, so that nobody
 * changes what he hasn't seen. `seen` is the service's digest, asked for before what is shown.
 */
export async function formsAsSeen(seen: string, content: Markup): Promise<Markup> {
	const text = String(await content);
	const field = `<input type="hidden" name="seen" value="${seen}" /></form>`;
	return html`${raw(text.replaceAll("</form>", field))}`;
}

/** A field that must be filled, with what was in it; `value` is what is in it at first. */
export function field(
	form: string,
	name: string,
	label: string,
	refusal: Refusal | undefined,
	{ value = "", type = "text" }: { readonly value?: string; readonly type?: string } = {},
): Markup {
	const text = kept(form, name, refusal, value);
	return html`<label
		>${label}<input name="${name}" type="${type}" value="${text}" autocomplete="off" required
	/></label>`;
}

export function checkbox(
	form: string,
	name: string,
	label: string,
	refusal: Refusal | undefined,
	isChosen = false,
): Markup {
	const isChecked = refusal?.form === form ? kept(form, name, refusal) !== "" : isChosen;
	return html`<label class="check"
		>${
			isChecked
				? html`<input type="checkbox" name="${name}" value="yes" checked />`
				: html`<input type="checkbox" name="${name}" value="yes" />`
		}
		${label}</label
	>`;
}

/**
 * The form's button, `about` what where there are several, with what was wrong, or what is asked
 * before it is done.
 */
export function submit(
	form: string,
	refusal: Refusal | undefined,
	label: string,
	about?: string,
): Markup {
	const own = refusal?.form === form ? refusal : undefined;
	const name = about === undefined ? "" : html`aria-label="${label} ${about}"`;
	if (own === undefined) return html`<button ${name}>${label}</button>`;
	// Whoever sees the page anew is where he was.
	return own.isQuestion
		? html`${failure(own.message)}<input type="hidden" name="sure" value="yes" />
				<button class="first" autofocus>Yes: ${label}</button>`
		: html`${failure(own.message)}<button autofocus>${label}</button>`;
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

/** What all pages have around them. */

import { html } from "hono/html";
import type { Caller } from "../people/caller.js";
import { printable } from "../printable.js";
import { icon, inviteScript, styleSheet } from "./assets.js";
import { type Section, sections } from "./navigation.js";

/** HTML; what is put into it as text is escaped. */
export type Markup = ReturnType<typeof html>;

/** Nothing is loaded from elsewhere, nothing runs that isn't a file of ours. */
export const pageHeaders: { readonly [name: string]: string } = Object.freeze({
	"content-security-policy":
		"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
		"connect-src 'self'; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'",
	"x-content-type-options": "nosniff",
	"referrer-policy": "no-referrer",
	"cache-control": "no-store",
});

export interface Page {
	readonly title: string;
	readonly caller?: Caller | undefined;
	/** Where it is, for the head to show. */
	readonly path?: string | undefined;
	readonly isNarrow?: boolean;
	/** The address of a script of this page's own. */
	readonly script?: string;
	readonly content: Markup;
}

/** What the browser waits for before it draws: half a table has other columns than the whole. */
const end = "end";

/** Of a list. */
export const rowsOfAPage = 100;

export function layout({
	title,
	caller,
	path = "",
	isNarrow = false,
	script,
	content,
}: Page): Markup {
	return html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<title>${shown(title)} - opendms</title>
				<link rel="icon" href="${icon.path}" />
				<link rel="stylesheet" href="${styleSheet.path}" />
				<link rel="expect" href="#${end}" blocking="render" />
				<script src="${inviteScript.path}" defer></script>
				${script === undefined ? "" : html`<script type="module" src="${script}"></script>`}
			</head>
			<body>
				${caller === undefined ? "" : head(caller, path)}
				<main id="main" tabindex="-1" class="${isNarrow ? "narrow" : ""}">
					<h1>${shown(title)}</h1>
					${content}
				</main>
				<div id="${end}"></div>
			</body>
		</html>`;
}

function head({ name, role }: Caller, path: string): Markup {
	const seen = sections.filter(({ roles }) => roles.includes(role));
	const here = sectionOf(path, seen);
	return html`<header>
		<a class="skip" href="#main">Skip to the content</a>
		<strong>opendms</strong>
		${linkTo({ path: "/account", title: `${printable(name)}, ${role}` }, path === "/account", path)}
		<form method="post" action="/log-out"><button>Log out</button></form>
		<nav aria-label="Main">${seen.map((section) => linkTo(section, section === here, path))}</nav>
	</header>`;
}

/** The one that a page is in: of /devices and /devices/add the longer one. */
function sectionOf(path: string, seen: readonly Section[]): Section | undefined {
	const inside = seen.filter(
		(section) => path === section.path || path.startsWith(section.path + "/"),
	);
	return inside.sort((one, other) => other.path.length - one.path.length)[0];
}

/** `true` is a page behind the one that the link leads to. */
function linkTo(
	{ path, title }: Pick<Section, "path" | "title">,
	isHere: boolean,
	at: string,
): Markup {
	return isHere
		? html`<a href="${path}" aria-current="${path === at ? "page" : "true"}">${title}</a>`
		: html`<a href="${path}">${title}</a>`;
}

/** What is shown of a text that may come from anywhere, or of nothing. */
export function shown(text: string | null | undefined): string {
	return text ? printable(text) : "-";
}

export function failure(message: string | undefined): Markup {
	return message === undefined
		? html``
		: html`<p class="bad" role="alert">${printable(message)}</p>`;
}

export type Cell = string | Markup;

export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
	const lines = rows.map(
		(cells) =>
			html`<tr>
				${cellsOf(heads, cells)}
			</tr>`,
	);
	if (lines.length === 0) return html`<p class="quiet">None.</p>`;
	return tableAround(
		heads,
		html`<tbody>
			${lines}
		</tbody>`,
	);
}

/** The table of these heads around its body. */
export function tableAround(heads: readonly string[], body: Markup): Markup {
	return html`<table>
		<thead>
			<tr>
				${heads.map((head) => html`<th scope="col">${head}</th>`)}
			</tr>
		</thead>
		${body}
	</table>`;
}

/** The cells of a row; narrow screens show each head beside its cell. */
export function cellsOf(heads: readonly string[], row: readonly Cell[]): Markup {
	return html`${row.map((cell, at) => cellOf(cell, heads[at]))}`;
}

/** Such as a time, or a state: it isn't broken into lines. */
const shortLength = 22;

function cellOf(cell: Cell, label = ""): Markup {
	const isShort = typeof cell === "string" && cell.length <= shortLength;
	return html`<td data-label="${label}" class="${isShort ? "short" : ""}">
		<span>${cell}</span>
	</td>`;
}

export function facts(values: { readonly [name: string]: Cell }): Markup {
	return html`<dl>
		${Object.entries(values).map(
			([name, value]) =>
				html`<dt>${name}</dt>
					<dd>${value}</dd>`,
		)}
	</dl>`;
}

/** Leads to the rows behind those of this page. */
export function nextPage(path: string): Markup {
	return html`<p><a href="${path}">Next page</a></p>`;
}

/** The page's style and script, each at an address that changes with it. */

import { digestOf } from "../digest.js";

const style = `
:root {
	color-scheme: light dark;
	--ink: light-dark(#1d2430, #e6e9ef); --quiet: light-dark(#566072, #a3adbd);
	--ground: light-dark(#f6f7f9, #14181f); --card: light-dark(#fff, #1c222c);
	--line: light-dark(#d8dde5, #333c4a); --accent: light-dark(#0b5cad, #7db8f5);
	--on-accent: light-dark(#fff, #10161f); --bad: light-dark(#a61b1b, #ff9d97);
	--good: light-dark(#1c7a3f, #6fce93);
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
		background: var(--ground); }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center;
		padding: .6rem 1rem;
	background: var(--card); border-bottom: 1px solid var(--line); }
/* Who reads, or goes by the tabulator, meets things in the order in which they are seen. */
header strong { flex: 1; }
header nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; flex-basis: 100%; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; flex-basis: 100%; }
main:focus { outline: none; }
header a[aria-current] { font-weight: 600; text-decoration: none; color: var(--ink); }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
main.narrow { max-width: 26rem; }
a { color: var(--accent); }
h1 { font-size: 1.5rem; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
label { display: block; font-size: .875rem; color: var(--quiet); }
input, select, button { font: inherit; color: inherit; padding: .4rem .6rem;
		border: 1px solid var(--line);
	border-radius: .4rem; background: var(--card); max-width: 100%; }
/* A label is quiet, and what is typed isn't; a long text shows as much as there is room for. */
input, select { color: var(--ink); font-size: 1rem; line-height: 1.5; }
input:not([type=file]) { field-sizing: content; min-width: 11rem; }
input[type=checkbox] { min-width: 0; }
main.narrow input, main.narrow button { width: 100%; margin-bottom: .9rem; }
button, summary { cursor: pointer; }
summary { width: fit-content; padding: .4rem .6rem; border: 1px solid var(--line);
	border-radius: .4rem; background: var(--card); }
details[open] { flex-basis: 100%; }
button.first { background: var(--accent); border-color: var(--accent);
		color: var(--on-accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
form.filters, .actions { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end;
		margin: 1rem 0; }
form.filters input, form.filters select { display: block; width: 11rem; }
form.filters input[type="checkbox"] { display: inline-block; width: auto; }
.quiet { color: var(--quiet); }
.bad { color: var(--bad); }
p.bad { border-left: 4px solid var(--bad); padding: .25rem .75rem; }
table { width: 100%; border-collapse: collapse; background: var(--card);
		border: 1px solid var(--line); }
.live:not(:has(tr[data-key])) table { display: none; }
.live:has(tr[data-key]) > p { display: none; }
th, td { text-align: left; padding: .45rem .7rem; border-bottom: 1px solid var(--line);
		vertical-align: top;
	overflow-wrap: anywhere; }
th { font-size: .875rem; color: var(--quiet); white-space: nowrap; }
td.short, td code, td button { white-space: nowrap; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
ol.steps { padding: 0; list-style: none; counter-reset: step; }
ol.steps > li { background: var(--card); border: 1px solid var(--line); border-radius: .4rem;
	padding: .25rem 1rem .75rem; margin-bottom: .75rem; }
ol.steps > li:not([data-state]) h2 { color: var(--quiet); }
ol.steps > li[data-state="now"] { border-color: var(--accent); }
ol.steps h2 { margin: .5rem 0; }
ol.steps h2::before { counter-increment: step; content: counter(step) ". "; }
ol.steps p { margin: .25rem 0; }
ol.steps progress { width: 100%; }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0; }
legend { font-weight: 600; padding: 0 .4rem; }
ul.labels { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
	gap: 1rem; list-style: none; margin: 1rem 0; padding: 0; }
ul.labels > li { background: var(--card); border: 1px solid var(--line); border-radius: .4rem;
	padding: .75rem; break-inside: avoid; }
ul.labels svg { display: block; width: 9rem; height: 9rem; margin-bottom: .5rem; }
ul.labels p { margin: .15rem 0; overflow-wrap: anywhere; }
@media print {
	:root { color-scheme: light; }
	header, form, .screen { display: none; }
	main { max-width: none; padding: 0; }
	ul.labels { grid-template-columns: repeat(3, 1fr); gap: 4mm; }
	ul.labels svg { width: 30mm; height: 30mm; }
}
[hidden] { display: none !important; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem;
	padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
form label { margin-bottom: .25rem; max-width: 100%; }
form label.check input[type=checkbox] { display: inline-block; width: auto; }
.actions form { display: flex; max-width: 100%; flex-wrap: wrap; gap: .5rem; align-items: end; }
.actions form > p.bad, form.actions > p.bad { flex-basis: 100%; margin: 0; }
.actions label, form.filters label { margin-bottom: 0; }
.actions label.check, form.filters label.check { align-self: center; }
dl + form, form + form { margin-top: .75rem; }
.actions > form { margin-top: 0; }
form.actions label input, form.actions label select, .actions form label input,
		.actions form label select, label input[type=file] {
		display: block; width: 100%; }
input[type=file] { max-width: 30rem; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; }
progress { width: 100%; max-width: 30rem; display: block; accent-color: var(--accent); }
progress[hidden] { display: none; }
.chart { display: block; width: 100%; height: 1.5rem; border: 1px solid var(--line);
		border-radius: .25rem; background: var(--card); }
.chart .confirmed { fill: var(--good); }
.chart .under-way { fill: var(--accent); }
.chart .failed { fill: var(--bad); }
.chart .waiting { fill: var(--card); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; }
.legend li::before { content: ""; display: inline-block; width: .8rem; height: .8rem;
		margin-right: .4rem; border: 1px solid var(--line); background: var(--card); }
.legend .confirmed::before { background: var(--good); }
.legend .under-way::before { background: var(--accent); }
.legend .failed::before { background: var(--bad); }
@media (max-width: 40rem) {
	thead { position: absolute; left: -999rem; }
	tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
	td { display: grid; grid-template-columns: 7rem 1fr; border: 0; padding: .15rem .7rem; }
	td::before { content: attr(data-label); color: var(--quiet); font-size: .875rem;
		white-space: normal; }
	td:has(> span:empty) { display: none; }
	.actions label:not(.check) { flex-basis: 100%; }
	.actions form:has(label) { flex: 1 1 100%; }
	dl { grid-template-columns: 1fr; gap: 0; }
	form.filters { display: grid; grid-template-columns: 1fr 1fr; }
	form.filters input, form.filters select { width: 100%; min-width: 0; }
	dd { margin-bottom: .5rem; }
}
`;

/** An invitation's secret stands behind the `#`, which no server and no log sees. */
const script = `
const field = document.querySelector("input[name=invite]");
if (field && location.hash.length > 1) {
	field.value = decodeURIComponent(location.hash.slice(1));
	history.replaceState(null, "", location.pathname);
}
`;

const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="2"
width="12" height="12" rx="3" fill="#0b5cad"/><circle cx="8" cy="8" r="3" fill="#fff"/></svg>`;

export interface Asset {
	readonly path: string;
	readonly type: string;
	readonly text: string;
}

function asset(name: string, type: string, text: string): Asset {
	return Object.freeze({ path: `/assets/${digestOf(text).slice(0, 16)}-${name}`, type, text });
}

export const styleSheet = asset("page.css", "text/css; charset=utf-8", style);
export const inviteScript = asset("invite.js", "text/javascript; charset=utf-8", script);
export const icon = asset("icon.svg", "image/svg+xml", picture);

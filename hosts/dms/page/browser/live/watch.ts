/** Hears of changes of what is on the page, and shows them. */

import { morph } from "./morph.js";

interface Change {
	readonly topic: string;
	/** Name and HTML of each piece that has changed. */
	readonly pieces: readonly (readonly [key: string, html: string])[];
	/** The names of all pieces, in their order, if others are there now. */
	readonly keys?: readonly string[];
}

/** A browser has few connections to a service: a page that nobody sees needs none. */
export function watch(): void {
	const topics = [...document.querySelectorAll<HTMLElement>("[data-live]")].map(
		({ dataset }) => dataset["live"] ?? "",
	);
	if (topics.length === 0) return;
	const query = new URLSearchParams(topics.map((topic) => ["on", topic]));
	let source: EventSource | undefined;
	const follow = (): void => {
		if (document.hidden) {
			source?.close();
			source = undefined;
		} else source ??= open("/events?" + query.toString());
	};
	document.addEventListener("visibilitychange", follow);
	follow();
}

function open(address: string): EventSource {
	const source = new EventSource(address);
	source.addEventListener("message", ({ data }) => show(JSON.parse(String(data))));
	return source;
}

function show({ topic, pieces, keys }: Change): void {
	const list = document.querySelector(`[data-live="${CSS.escape(topic)}"]`);
	if (list === null) return;
	for (const [key, html] of pieces) {
		const template = document.createElement("template");
		template.innerHTML = html.trim();
		const next = template.content.firstElementChild;
		const now = pieceOf(list, key);
		if (next === null) continue;
		if (now === null) list.append(next);
		else morph(now, next);
	}
	if (keys === undefined) return;
	for (const element of [...list.children]) {
		if (!keys.includes(element.getAttribute("data-key") ?? "")) element.remove();
	}
	for (const [index, key] of keys.entries()) {
		const element = pieceOf(list, key);
		const there = list.children[index] ?? null;
		if (element !== null && element !== there) list.insertBefore(element, there);
	}
}

function pieceOf(list: Element, key: string): Element | null {
	return list.querySelector(`:scope > [data-key="${CSS.escape(key)}"]`);
}

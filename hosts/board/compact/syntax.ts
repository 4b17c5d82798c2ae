/** Sources as trees: what the changes of this room are made with. */

import { createRequire } from "node:module";
import type { AnyNode, Function as AnyFunction, Node, Program } from "acorn";

/** What stands between two places of a source is replaced by a text. */
export type Edit = readonly [start: number, end: number, text: string];

export function parse(source: string): Program {
	// Here, since a process seldom needs it.
	const load: (name: "acorn") => typeof import("acorn") = createRequire(import.meta.url);
	return load("acorn").parse(source, { ecmaVersion: 2022, sourceType: "module" });
}

/** The source with all edits made; of two within each other, the inner one must be no edit. */
export function edited(source: string, edits: readonly Edit[]): string {
	const parts: string[] = [];
	let position = 0;
	for (const [start, end, replacement] of [...edits].sort(([a], [b]) => b - a).reverse()) {
		if (start < position) continue;
		parts.push(source.slice(position, start), replacement);
		position = end;
	}
	return parts.join("") + source.slice(position);
}

/** Puts a statement at the beginning of a function; an expression alone becomes a block. */
export function beginningEdits(source: string, owner: AnyFunction, statement: string): Edit[] {
	const { body, params, end } = owner;
	if (body.type === "BlockStatement") return [[body.start + 1, body.start + 1, " " + statement]];
	const start = source.indexOf("=>", params.at(-1)?.end) + "=>".length;
	return [
		[start, start, ` { ${statement} return`],
		[end, end, "; }"],
	];
}

/** Calls `visit` with each node of the tree, from outside to inside. */
export function walk(node: Node, visit: (node: AnyNode) => void): void {
	visit(node as AnyNode);
	for (const part of childrenOf(node)) walk(part, visit);
}

export function childrenOf(node: Node): Node[] {
	const found: Node[] = [];
	// A program has a million of them to go through: no list is copied.
	for (const key in node) {
		const value = node[key as keyof Node] as unknown;
		if (Array.isArray(value)) {
			for (const part of value) if (isNode(part)) found.push(part);
		} else if (isNode(value)) {
			found.push(value);
		}
	}
	return found;
}

export function isNode(value: unknown): value is Node {
	return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

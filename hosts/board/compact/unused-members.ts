/** Members of classes that nobody uses. */

import type { AnyNode, Node } from "acorn";
import { type Edit, edited, parse, walk } from "./syntax.js";

/**
 * The source without methods, fields and what constructors set, where nothing in it reads or calls
 * a member of that name; `undefined` if there is none such. What only those name may be left over.
 */
export function withoutUnusedMembers(source: string): string | undefined {
	const tree = parse(source);
	const uses = usesIn(tree);
	const edits: Edit[] = [];
	for (const [name, places] of placesIn(tree)) {
		// What they say themselves doesn't count.
		const own = places.reduce((count, place) => count + (usesIn(place).get(name) ?? 0), 0);
		if (own < (uses.get(name) ?? 0)) continue;
		edits.push(...places.map(({ start, end }): Edit => [start, end, ""]));
	}
	return edits.length === 0 ? undefined : edited(source, edits);
}

/** Where each member is declared, or set and not more. */
function placesIn(tree: Node): Map<string, Node[]> {
	const places = new Map<string, Node[]>();
	walk(tree, (node) => {
		const name = memberOf(node);
		if (name !== "") places.set(name, [...(places.get(name) ?? []), node]);
	});
	return places;
}

function memberOf(node: AnyNode): string {
	if (node.type === "MethodDefinition") {
		return node.kind === "constructor" ? "" : nameOf(node.key);
	}
	if (node.type === "PropertyDefinition") return nameOf(node.key);
	if (node.type !== "ExpressionStatement") return "";
	const { expression } = node;
	if (expression.type !== "AssignmentExpression" || expression.operator !== "=") return "";
	const { left } = expression;
	const isOfThis = left.type === "MemberExpression" && left.object.type === "ThisExpression";
	return isOfThis && !left.computed ? nameOf(left.property) : "";
}

/** How often each name is a member's: behind a dot, in an object, as a text. */
function usesIn(tree: Node): Map<string, number> {
	const uses = new Map<string, number>();
	walk(tree, (node) => {
		const name = usedIn(node);
		uses.set(name, (uses.get(name) ?? 0) + 1);
	});
	return uses;
}

function usedIn(node: AnyNode): string {
	switch (node.type) {
		case "Literal":
			return String(node.value);
		case "MemberExpression":
			return node.computed ? "" : nameOf(node.property);
		case "Property":
			return nameOf(node.key);
		default:
			return "";
	}
}

function nameOf(key: AnyNode | Node): string {
	return "name" in key && key.type === "Identifier" ? String(key.name) : "";
}

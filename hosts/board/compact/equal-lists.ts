/** Lists at a program's top that are equal. */

import type { AnyNode, Node } from "acorn";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";

/**
 * The program's source with one list in place of equal ones that are frozen and of nothing but
 * numbers and texts: XS has four slots for one, and one for each item.
 */
export function equalListsOnce(source: string): string {
	const places = new Map<string, Node[]>();
	const visit = (node: AnyNode): void => {
		// Each call of a function makes another one.
		if (node.type.includes("Function") || node.type.startsWith("Class")) return;
		const text = listText(node);
		if (text !== undefined) places.set(text, [...(places.get(text) ?? []), node]);
		for (const part of childrenOf(node)) visit(part as AnyNode);
	};
	visit(parse(source));
	const edits: Edit[] = [];
	let front = "";
	let count = 0;
	for (const [text, nodes] of places) {
		if (nodes.length < 2) continue;
		const name = "$list" + ++count;
		front += `const ${name} = Object.freeze([${text}]);\n`;
		edits.push(...nodes.map(({ start, end }): Edit => [start, end, name]));
	}
	return front + edited(source, edits);
}

/** What the items of such a list are. */
function listText(node: AnyNode): string | undefined {
	if (node.type !== "CallExpression" || node.arguments.length !== 1) return undefined;
	const [list] = node.arguments;
	const { callee } = node;
	if (callee.type !== "MemberExpression" || list?.type !== "ArrayExpression") return undefined;
	if (!isNamed(callee.object, "Object") || !isNamed(callee.property, "freeze")) return undefined;
	const items = list.elements.map((item) =>
		item?.type === "Literal" && ["number", "string"].includes(typeof item.value)
			? JSON.stringify(item.value)
			: undefined,
	);
	return items.includes(undefined) ? undefined : items.join(", ");
}

function isNamed(node: AnyNode, name: string): boolean {
	return node.type === "Identifier" && node.name === name;
}

/** Functions in tables at a program's top, such as what commands run. */

import type { AnyNode, ArrowFunctionExpression, Node, ObjectExpression } from "acorn";
import { hasOwnScope } from "./functions-to-arrows.js";
import { childrenOf } from "./syntax.js";

export interface TableFunction {
	/** What it is called by. */
	readonly row: ObjectExpression;
	readonly name: string;
	readonly value: ArrowFunctionExpression;
}

/** Those in objects of `table` that are made with it, not by a function. */
export function tableFunctionsIn(table: Node): TableFunction[] {
	const found: TableFunction[] = [];
	const visit = (node: AnyNode): void => {
		if (isScope(node)) return;
		if (node.type === "ObjectExpression") {
			for (const property of node.properties) {
				if (property.type !== "Property" || property.computed) continue;
				const { key, value } = property;
				if (key.type !== "Identifier" || property.method || !canBeMethod(value)) continue;
				found.push({ row: node, name: key.name, value });
			}
		}
		for (const part of childrenOf(node)) visit(part as AnyNode);
	};
	visit(table as AnyNode);
	return found;
}

/** A function that has no `this` by itself can be one that is called by something. */
export function canBeMethod(value: Node): value is ArrowFunctionExpression {
	return value.type === "ArrowFunctionExpression" && !hasOwnScope(value);
}

function isScope({ type }: AnyNode): boolean {
	return ["ArrowFunctionExpression", "FunctionExpression", "ClassExpression"].includes(type);
}

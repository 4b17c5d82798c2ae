/** A name of its own for each variable of a function. */

import type { AnyNode, Identifier } from "acorn";
import { isOnlyName, isShorthand, namesOf } from "./references.js";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";

/** What variables are called from now on, from inside to outside. */
interface Scope {
	readonly names: ReadonlyMap<string, string>;
	readonly outer: Scope | undefined;
}

/**
 * The program's source in which no two variables of functions have the same name, nor that of
 * something at the top: so statements can stand in another function.
 */
export function withUniqueLocals(source: string): string {
	const edits: Edit[] = [];
	let count = 0;
	const visit = (node: AnyNode, outer: Scope | undefined, parent: AnyNode | undefined): void => {
		if (node.type === "Identifier") {
			const name = isVariable(node, parent) ? nameIn(outer, node.name) : undefined;
			if (name === undefined) return;
			edits.push([node.start, node.end, isShorthand(parent) ? `${node.name}: ${name}` : name]);
			return;
		}
		const own = namesOf(node) ?? [];
		const names = new Map([...own].map((name) => [name, `${name}$${++count}`]));
		// What a declaration declares is a name of where it stands.
		if (node.type === "FunctionDeclaration" && node.id !== null) names.delete(node.id.name);
		const scope = names.size === 0 ? outer : { names, outer };
		for (const part of childrenOf(node)) {
			// The key and the value of `{ name }` are the same.
			if (isShorthand(node) && part === (node as { key?: unknown }).key) continue;
			visit(part as AnyNode, scope, node);
		}
	};
	visit(parse(source), undefined, undefined);
	return edited(source, edits);
}

function isVariable(node: Identifier, parent: AnyNode | undefined): boolean {
	const isDeclared = parent?.type === "VariableDeclarator" && parent.id === node;
	return isDeclared || !isOnlyName(node, parent);
}

function nameIn(scope: Scope | undefined, name: string): string | undefined {
	for (let at = scope; at !== undefined; at = at.outer) {
		const found = at.names.get(name);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** Whether a name is one that `withUniqueLocals` gives. */
export function isUnique(name: string): boolean {
	return /.\$\d+$/.test(name);
}

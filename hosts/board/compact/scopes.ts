/** Variables of a program: where each is declared and used. */

import type { AnyNode, Identifier, Node } from "acorn";
import { isFunction, isOnlyName, isShorthand, namesOf } from "./references.js";
import { childrenOf, parse } from "./syntax.js";

/** A block, or another part of a program with variables of its own. */
export interface Scope {
	readonly outer: Scope | undefined;
	/** The function that it is in; none at the top. */
	readonly owner: Node | undefined;
	/** The innermost loop of that function that it is in. */
	readonly loop: Node | undefined;
	readonly variables: ReadonlyMap<string, Variable>;
}

export interface Variable {
	readonly name: string;
	/** The function that it is in. */
	readonly owner: Node | undefined;
	readonly uses: Use[];
	/** Where it is used for the last time, in the order of the source. */
	end: number;
	/** A function within its own uses it, so at any time. */
	isCaptured: boolean;
}

export interface Use {
	readonly node: Identifier;
	readonly scope: Scope;
	readonly isShorthand: boolean;
}

/** What a name is in a scope. */
export function variableIn(scope: Scope | undefined, name: string): Variable | undefined {
	for (let at = scope; at !== undefined; at = at.outer) {
		const variable = at.variables.get(name);
		if (variable !== undefined) return variable;
	}
	return undefined;
}

/** Calls `visit` with each node, in the order of the source; `scope` is the one within it. */
export function readScopes(
	source: string,
	visit: (node: AnyNode, scope: Scope, parent: AnyNode | undefined) => void,
): void {
	const look = (node: AnyNode, outer: Scope, parent: AnyNode | undefined): void => {
		if (node.type === "Identifier" && !isOnlyName(node, parent)) noteUse(node, outer, parent);
		const scope = scopeOf(node, outer);
		visit(node, scope, parent);
		for (const part of childrenOf(node)) {
			// The key and the value of `{ name }` are the same.
			if (isShorthand(node) && part === (node as { key?: unknown }).key) continue;
			look(part as AnyNode, scope, node);
		}
	};
	const top: Scope = { outer: undefined, owner: undefined, loop: undefined, variables: new Map() };
	look(parse(source) as AnyNode, top, undefined);
}

function noteUse(node: Identifier, scope: Scope, parent: AnyNode | undefined): void {
	const variable = variableIn(scope, node.name);
	if (variable === undefined) return;
	variable.uses.push({ node, scope, isShorthand: isShorthand(parent) });
	variable.end = Math.max(variable.end, node.end);
	if (variable.owner !== scope.owner) variable.isCaptured = true;
}

function scopeOf(node: AnyNode, outer: Scope): Scope {
	const owner = isFunction(node) ? node : outer.owner;
	const loop = isFunction(node) ? undefined : isLoop(node) ? node : outer.loop;
	const names = namesOf(node);
	if (names === undefined && owner === outer.owner && loop === outer.loop) return outer;
	const variables = [...(names ?? [])].map((name): [string, Variable] => {
		return [name, { name, owner, uses: [], end: node.start, isCaptured: false }];
	});
	return { outer, owner, loop, variables: new Map(variables) };
}

function isLoop({ type }: AnyNode): boolean {
	return /^(For|While|DoWhile)/.test(type);
}

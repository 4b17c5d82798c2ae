/** Variables that take the place of others which are not needed any more. */

import type { AnyNode, Identifier, Node, VariableDeclaration } from "acorn";
import { isFunction, isOnlyName, isShorthand, namesOf } from "./references.js";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";

/** A block, or another part of a program with variables of its own. */
interface Scope {
	readonly outer: Scope | undefined;
	/** The function that it is in; none at the top. */
	readonly owner: Node | undefined;
	/** The innermost loop of that function that it is in. */
	readonly loop: Node | undefined;
	readonly variables: ReadonlyMap<string, Variable>;
}

interface Variable {
	readonly name: string;
	/** The function that it is in. */
	readonly owner: Node | undefined;
	readonly uses: Use[];
	/** Where it is used for the last time, in the order of the source. */
	end: number;
	/** A function within its own uses it, so at any time. */
	isCaptured: boolean;
}

interface Use {
	readonly node: Identifier;
	readonly scope: Scope;
	readonly isShorthand: boolean;
}

/** A variable that others may be kept in, after its own value. */
interface Place {
	readonly variable: Variable;
	readonly scope: Scope;
}

/**
 * The source with variables kept in parameters and variables of the same function whose last use
 * is before: XS declares a variable in six bytes of code, and assigns one in two. A function that
 * waits keeps less on the heap.
 */
export function variablesReused(source: string): string {
	const { declarations, places } = readScopes(source);
	return edited(
		source,
		declarations.flatMap(({ statement, scope }) => declarationEdits(statement, scope, places)),
	);
}

/** A statement's variables, each declared or assigned. */
function declarationEdits(
	{ declarations, start }: VariableDeclaration,
	scope: Scope,
	places: Place[],
): Edit[] {
	let end = start;
	return declarations.flatMap(({ id, init, ...declarator }): Edit[] => {
		const between = [end, declarator.start] as const;
		const separator = end === start ? "" : "; ";
		end = declarator.end;
		const variable = id.type === "Identifier" ? scope.variables.get(id.name) : undefined;
		const place = places.find((one) => init && variable && isFree(one, variable, scope, end));
		if (variable === undefined || place === undefined) {
			if (variable !== undefined) places.push({ variable, scope });
			return [[...between, separator + "let "]];
		}
		const { name } = place.variable;
		place.variable.end = variable.end;
		return [
			[...between, separator],
			[id.start, id.end, name],
			...variable.uses.map(({ node, isShorthand }): Edit => {
				return [node.start, node.end, isShorthand ? `${node.name}: ${name}` : name];
			}),
		];
	});
}

/**
 * Whether a variable declared in `scope`, up to `end`, can be kept in a place. In a loop the place
 * could be used once more, further up.
 */
function isFree(place: Place, variable: Variable, scope: Scope, end: number): boolean {
	const { name, isCaptured } = place.variable;
	return (
		!isCaptured &&
		!variable.isCaptured &&
		place.variable.end <= end &&
		place.scope.owner === scope.owner &&
		place.scope.loop === scope.loop &&
		[scope, ...variable.uses.map((use) => use.scope)].every(
			(within) => variableIn(within, name) === place.variable,
		)
	);
}

function variableIn(scope: Scope | undefined, name: string): Variable | undefined {
	for (let at = scope; at !== undefined; at = at.outer) {
		const variable = at.variables.get(name);
		if (variable !== undefined) return variable;
	}
	return undefined;
}

interface Declaration {
	readonly statement: VariableDeclaration;
	readonly scope: Scope;
}

/** What functions declare in their blocks, in the order of the source, and their parameters. */
function readScopes(source: string): { declarations: Declaration[]; places: Place[] } {
	const declarations: Declaration[] = [];
	const places: Place[] = [];
	const visit = (node: AnyNode, outer: Scope, parent: AnyNode | undefined): void => {
		if (node.type === "Identifier" && !isOnlyName(node, parent)) noteUse(node, outer, parent);
		const scope = scopeOf(node, outer);
		if (isFunction(node) && "params" in node) {
			for (const parameter of node.params) {
				const name = parameter.type === "Identifier" ? parameter.name : "";
				const variable = scope.variables.get(name);
				if (variable !== undefined) places.push({ variable, scope });
			}
		}
		const isInBlock = parent?.type === "BlockStatement" && scope.owner !== undefined;
		if (node.type === "VariableDeclaration" && isInBlock && node.kind !== "var") {
			declarations.push({ statement: node, scope });
		}
		for (const part of childrenOf(node)) {
			// The key and the value of `{ name }` are the same.
			if (isShorthand(node) && part === (node as { key?: unknown }).key) continue;
			visit(part as AnyNode, scope, node);
		}
	};
	const top: Scope = { outer: undefined, owner: undefined, loop: undefined, variables: new Map() };
	visit(parse(source) as AnyNode, top, undefined);
	return { declarations, places };
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

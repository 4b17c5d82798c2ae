/** Variables that take the place of others which are not needed any more. */

import type { VariableDeclaration } from "acorn";
import { isFunction } from "./references.js";
import { readScopes, type Scope, type Variable, variableIn } from "./scopes.js";
import { type Edit, edited } from "./syntax.js";

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
	const { declarations, places } = readPlaces(source);
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

interface Declaration {
	readonly statement: VariableDeclaration;
	readonly scope: Scope;
}

/** What functions declare in their blocks, in the order of the source, and their parameters. */
function readPlaces(source: string): { declarations: Declaration[]; places: Place[] } {
	const declarations: Declaration[] = [];
	const places: Place[] = [];
	readScopes(source, (node, scope, parent) => {
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
	});
	return { declarations, places };
}

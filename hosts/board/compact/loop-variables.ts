/** Variables of loops, in front of them. */

import type { ForStatement, VariableDeclaration } from "acorn";
import { readScopes, type Scope } from "./scopes.js";
import { type Edit, edited } from "./syntax.js";

interface Loop {
	readonly node: ForStatement;
	readonly variables: VariableDeclaration;
	readonly scope: Scope;
}

/**
 * The source with `for (let a = 0; ...)` as `let a = 0; for (; ...)`: XS has code that gives each
 * turn variables of its own, which only a function within the loop could notice. In front of it
 * they are variables as all others, which can take each other's places.
 */
export function loopsWithoutVariables(source: string): string {
	const loops: Loop[] = [];
	readScopes(source, (node, scope, parent) => {
		if (node.type !== "ForStatement" || node.init?.type !== "VariableDeclaration") return;
		if (parent?.type !== "BlockStatement") return;
		loops.push({ node, variables: node.init, scope });
	});
	let count = 0;
	return edited(
		source,
		loops.flatMap(({ node, variables, scope }) => {
			const all = [...scope.variables.values()];
			if (all.some(({ isCaptured }) => isCaptured)) return [];
			return [
				[node.start, variables.start, ""],
				[variables.end, variables.end, "; for ("],
				...all.flatMap(({ name, uses }): Edit[] => {
					const other = "$loop" + ++count;
					const declared = variables.declarations.flatMap(({ id }): Edit[] =>
						id.type === "Identifier" && id.name === name ? [[id.start, id.end, other]] : [],
					);
					return [
						...declared,
						...uses.map(({ node: { start, end }, isShorthand }): Edit => {
							return [start, end, isShorthand ? `${name}: ${other}` : other];
						}),
					];
				}),
			] satisfies Edit[];
		}),
	);
}

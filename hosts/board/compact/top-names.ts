/** Standard names for variables at a program's top. */

import type { AnyNode, ExportSpecifier, Identifier, Node, Program } from "acorn";
import { type Reference, referencesIn } from "./references.js";
import { standardNames } from "./standard-names.js";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";

/**
 * The program's source with standard names in place of those that were made up, such as `$251`, for
 * lack of others or before there were any: in the end most of them are free again.
 */
export function withStandardTop(source: string): string {
	const program = parse(source);
	const used = new Set(variablesIn(program));
	const free = standardNames.filter((name) => !used.has(name));
	const made = declaredIn(program).filter(({ name }) => name.startsWith("$"));
	const names = new Map(made.map(({ name }, index) => [name, free[index] ?? name]));
	const nameOf = ({ name }: Identifier): string => names.get(name) ?? name;
	const useText = ({ node, isShorthand }: Reference): string =>
		isShorthand ? `${node.name}: ${nameOf(node)}` : nameOf(node);
	return edited(source, [
		...made.map((id): Edit => [id.start, id.end, nameOf(id)]),
		...referencesIn(program, new Set(names.keys()), () => "name").map((use): Edit => [
			use.node.start,
			use.node.end,
			useText(use),
		]),
		...exportsIn(program).flatMap(({ start, end, local, exported }): Edit[] => {
			if (local.type !== "Identifier" || exported.type !== "Identifier") return [];
			return [[start, end, `${nameOf(local)} as ${exported.name}`]];
		}),
	]);
}

function declaredIn({ body }: Program): Identifier[] {
	return body.flatMap((statement) => {
		if (statement.type !== "VariableDeclaration") return [];
		return statement.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id] : []));
	});
}

function exportsIn({ body }: Program): ExportSpecifier[] {
	return body.flatMap((part) => (part.type === "ExportNamedDeclaration" ? part.specifiers : []));
}

/** All names but those of members. */
function variablesIn(node: Node): string[] {
	const part = node as AnyNode;
	if (part.type === "Identifier") return [part.name];
	const isMember = "computed" in part && !part.computed;
	const name = part.type === "MemberExpression" ? part.property : "key" in part && part.key;
	return childrenOf(node).flatMap((child) =>
		isMember && child === name ? [] : variablesIn(child),
	);
}

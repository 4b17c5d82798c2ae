/** Where a program uses the names at its top, and in which function. */

import type { AnyNode, Identifier, Node, Pattern, Program } from "acorn";
import { childrenOf } from "./syntax.js";

/** How a place can reach what is shared: see `shared-list.ts`. */
export type Reach =
	/** By the name of the list. */
	| "name"
	/** `this` is the list, or has it as a prototype. */
	| "this";

/** A use of a name at the top. */
export interface Reference {
	readonly node: Identifier;
	readonly reach: Reach;
	/** It is called at once, and nothing else is done with it. */
	readonly isCall: boolean;
	/** It is written `{ name }`. */
	readonly isShorthand: boolean;
	/** It is not met before something is called. */
	readonly isInFunction: boolean;
}

/** What a place is in: functions and blocks with names of their own, and how it reaches. */
interface Place {
	readonly names: readonly ReadonlySet<string>[];
	readonly reach: Reach;
	readonly isInFunction: boolean;
	readonly parent: AnyNode | undefined;
}

/** What `this` is in a function, or in a member of a class, at the top: `name` for neither. */
export type ReachOf = (functionOrMember: Node) => Reach;

/** The uses of the names in `tops`, in the order of the source. */
export function referencesIn(
	program: Program,
	tops: ReadonlySet<string>,
	reachOf: ReachOf,
): Reference[] {
	const found: Reference[] = [];
	const visit = (node: AnyNode, place: Place): void => {
		if (node.type === "Identifier") {
			const isOwn = place.names.some((names) => names.has(node.name));
			if (tops.has(node.name) && !isOwn && !isOnlyName(node, place.parent)) {
				found.push({
					node,
					reach: place.reach,
					isCall: place.parent?.type === "CallExpression" && place.parent.callee === node,
					isShorthand: isShorthand(place.parent),
					isInFunction: place.isInFunction,
				});
			}
			return;
		}
		if (node.type === "ImportDeclaration" || node.type === "ExportSpecifier") return;
		const names = namesOf(node);
		const inside: Place = {
			names: names === undefined ? place.names : [names, ...place.names],
			reach: reachIn(node, place, reachOf),
			isInFunction: place.isInFunction || isFunction(node),
			parent: node,
		};
		for (const part of childrenOf(node)) {
			// The key and the value of `{ name }` are the same.
			if (isShorthand(node) && part === (node as { key?: unknown }).key) continue;
			visit(part as AnyNode, isOutside(node, part) ? { ...inside, reach: place.reach } : inside);
		}
	};
	for (const statement of program.body) {
		visit(statement as AnyNode, {
			names: [],
			reach: "name",
			isInFunction: false,
			parent: undefined,
		});
	}
	return found;
}

/** Inside of what has its own `this`, and not at the top, only the name is left. */
function reachIn(node: AnyNode, place: Place, reachOf: ReachOf): Reach {
	switch (node.type) {
		case "ArrowFunctionExpression":
			return place.reach === "name" ? reachOf(node) : place.reach;
		case "MethodDefinition":
		case "PropertyDefinition":
			return reachOf(node);
		case "StaticBlock":
		case "ClassExpression":
		case "ClassDeclaration":
			return "name";
		case "FunctionExpression":
		case "FunctionDeclaration":
			return place.parent?.type === "MethodDefinition" ? place.reach : "name";
		default:
			return place.reach;
	}
}

/** A computed key is worked out where the class is. */
function isOutside(node: AnyNode, part: Node): boolean {
	const isMember = node.type === "MethodDefinition" || node.type === "PropertyDefinition";
	return isMember && part === node.key;
}

export function isFunction({ type }: AnyNode): boolean {
	return type.includes("Function") || type === "PropertyDefinition";
}

export function isShorthand(node: AnyNode | undefined): boolean {
	return node?.type === "Property" && node.shorthand;
}

/** It names a member, a label or a key, and no variable. */
export function isOnlyName(node: Identifier, parent: AnyNode | undefined): boolean {
	switch (parent?.type) {
		case "MemberExpression":
			return parent.property === node && !parent.computed;
		case "Property":
			return parent.key === node && !parent.computed && !parent.shorthand;
		case "MethodDefinition":
		case "PropertyDefinition":
			return parent.key === node && !parent.computed;
		case "LabeledStatement":
		case "BreakStatement":
		case "ContinueStatement":
			return true;
		case "VariableDeclarator":
			return parent.id === node;
		default:
			return false;
	}
}

/** The names that are declared within a node, for all of it. */
export function namesOf(node: AnyNode): ReadonlySet<string> | undefined {
	switch (node.type) {
		case "ArrowFunctionExpression":
		case "FunctionExpression":
		case "FunctionDeclaration":
			return new Set([
				...(node.id ? [node.id.name] : []),
				...node.params.flatMap(boundBy),
				...variablesIn(node.body),
			]);
		case "ClassExpression":
			return node.id ? new Set([node.id.name]) : undefined;
		case "BlockStatement":
			return new Set(node.body.flatMap(lexicalIn));
		case "SwitchStatement":
			return new Set(node.cases.flatMap(({ consequent }) => consequent.flatMap(lexicalIn)));
		case "ForStatement":
			return new Set(node.init ? lexicalIn(node.init) : []);
		case "ForInStatement":
		case "ForOfStatement":
			return new Set(lexicalIn(node.left));
		case "CatchClause":
			return new Set(node.param ? boundBy(node.param) : []);
		default:
			return undefined;
	}
}

function declaredBy(node: AnyNode | Node): string[] {
	const statement = node as AnyNode;
	switch (statement.type) {
		case "VariableDeclaration":
			return statement.declarations.flatMap(({ id }) => boundBy(id));
		case "FunctionDeclaration":
		case "ClassDeclaration":
			return statement.id ? [statement.id.name] : [];
		default:
			return [];
	}
}

/** What a statement declares for the block that it is in. */
function lexicalIn(node: AnyNode | Node): string[] {
	return isVar(node) ? [] : declaredBy(node);
}

function isVar(node: AnyNode | Node): boolean {
	const statement = node as AnyNode;
	return statement.type === "VariableDeclaration" && statement.kind === "var";
}

/** What `var` declares anywhere in a function is the whole function's. */
function variablesIn(node: Node): string[] {
	const { type } = node as AnyNode;
	if (type === "FunctionExpression" || type === "FunctionDeclaration") return [];
	if (type === "ArrowFunctionExpression" || type === "ClassBody") return [];
	const own = isVar(node) ? declaredBy(node) : [];
	return [...own, ...childrenOf(node).flatMap(variablesIn)];
}

export function boundBy(pattern: Pattern | null): string[] {
	switch (pattern?.type) {
		case "Identifier":
			return [pattern.name];
		case "ArrayPattern":
			return pattern.elements.flatMap(boundBy);
		case "ObjectPattern":
			return pattern.properties.flatMap((part) =>
				boundBy(part.type === "RestElement" ? part.argument : part.value),
			);
		case "AssignmentPattern":
			return boundBy(pattern.left);
		case "RestElement":
			return boundBy(pattern.argument);
		default:
			return [];
	}
}

/** Which functions of a program are called by the list that they share: see `shared-list.ts`. */

import type { AnyNode, Class, Expression, Node, Program } from "acorn";
import { type Reach, referencesIn } from "./references.js";
import { childrenOf } from "./syntax.js";
import { canBeMethod, tableFunctionsIn } from "./table-functions.js";

/** A constant at the top, and where its statement is. */
export interface Constant {
	readonly name: string;
	readonly value: Expression;
	readonly start: number;
	readonly end: number;
	/** It is a class, and so are all that it extends. */
	readonly isOwnClass: boolean;
}

/** Constants with a statement of their own. */
export function constantsIn({ body }: Program): Constant[] {
	const classes = new Set<string>();
	return body.flatMap((statement) => {
		if (statement.type !== "VariableDeclaration" || statement.kind !== "const") return [];
		const [{ id, init } = { id: undefined, init: undefined }, ...others] = statement.declarations;
		if (id?.type !== "Identifier" || !init || others.length > 0) return [];
		const isClass = init.type === "ClassExpression";
		const isOwnClass = isClass && (!init.superClass || classes.has(nameOf(init.superClass)));
		// What a class extends stands before it.
		if (isOwnClass) classes.add(id.name);
		const { start, end } = statement;
		return [{ name: id.name, value: init, start, end, isOwnClass }];
	});
}

function exportedBy({ body }: Program): ReadonlySet<string> {
	return new Set(
		body.flatMap((statement) => {
			if (statement.type !== "ExportNamedDeclaration") return [];
			return statement.specifiers.flatMap(({ local }) =>
				local.type === "Identifier" ? [local.name] : [],
			);
		}),
	);
}

/**
 * How functions at the top, and members of classes there, reach the list, where not by name. What a
 * program exports in its list is called by that list, too.
 */
export function reachesOf(
	program: Program,
	names: ReadonlySet<string>,
	constants: readonly Constant[],
	isListExported: boolean,
): Map<Node, Reach> {
	const exports = exportedBy(program);
	const others = new Set(isListExported ? [] : exports);
	const inFunctions = new Set<string>(isListExported ? exports : []);
	for (const { node, isCall, isInFunction } of referencesIn(program, names, () => "name")) {
		if (!isCall) others.add(node.name);
		if (isInFunction) inFunctions.add(node.name);
	}
	const uses = valueUsesIn(program);
	const reaches = new Map<Node, Reach>();
	for (const { name, value, isOwnClass } of constants) {
		if (value.type === "ClassExpression" && isOwnClass) {
			for (const member of membersByPrototype(value, uses)) reaches.set(member, "this");
		} else if (canBeMethod(value) && inFunctions.has(name) && !others.has(name)) {
			reaches.set(value, "this");
		} else {
			for (const one of tableFunctionsIn(value)) {
				if (!uses.some((use) => use.name === one.name)) reaches.set(one.value, "this");
			}
		}
	}
	return reaches;
}

/**
 * Members whose `this` is an instance. A constructor of a class that extends another one has none
 * at its beginning; a method that is somewhere used other than called may lose it.
 */
function membersByPrototype(owner: Class, uses: readonly ValueUse[]): Node[] {
	const { superClass, body } = owner;
	return body.body.filter((member) => {
		if (member.type === "PropertyDefinition") return !member.static;
		if (member.type !== "MethodDefinition" || member.static || member.computed) return false;
		if (member.kind === "constructor") return !superClass;
		if (member.key.type !== "Identifier") return false;
		const { name } = member.key;
		const isOther = (use: ValueUse): boolean => use.owner !== undefined && use.owner !== owner;
		return (
			member.kind !== "method" ||
			!uses.some((use) => use.name === name && (superClass || !isOther(use)))
		);
	});
}

/** A member that is used other than called. That none is by a text, a test asks TypeScript. */
interface ValueUse {
	readonly name: string;
	/** A class that extends none, where it is a member of `this`: it is none of another's then. */
	readonly owner: Class | undefined;
}

function valueUsesIn(program: Program): ValueUse[] {
	const uses: ValueUse[] = [];
	const visit = (node: AnyNode, owner: Class | undefined, parent?: AnyNode): void => {
		const use = valueUseOf(node, owner, parent);
		if (use !== undefined) uses.push(use);
		const inside = ownerIn(node, owner, parent);
		for (const part of childrenOf(node)) visit(part as AnyNode, inside, node);
	};
	visit(program, undefined);
	return uses;
}

function valueUseOf(
	node: AnyNode,
	owner: Class | undefined,
	parent: AnyNode | undefined,
): ValueUse | undefined {
	switch (node.type) {
		case "MemberExpression": {
			if (parent?.type === "CallExpression" && parent.callee === node) return undefined;
			// It is asked for, and not called.
			if (parent?.type === "BinaryExpression") return undefined;
			const isOwn = node.object.type === "ThisExpression";
			const name = node.computed ? "" : nameOf(node.property);
			return { name, owner: isOwn ? owner : undefined };
		}
		case "Property":
			if (parent?.type !== "ObjectPattern") return undefined;
			return { name: nameOf(node.key), owner: undefined };
		default:
			return undefined;
	}
}

/** Whose `this` is within a node. */
function ownerIn(
	node: AnyNode,
	owner: Class | undefined,
	parent: AnyNode | undefined,
): Class | undefined {
	switch (node.type) {
		case "ClassExpression":
		case "ClassDeclaration":
			return node.superClass ? undefined : node;
		case "FunctionExpression":
		case "FunctionDeclaration":
			return parent?.type === "MethodDefinition" ? owner : undefined;
		default:
			return owner;
	}
}

export function nameOf(node: Node): string {
	const name = node as AnyNode;
	return name.type === "Identifier" ? name.name : "";
}

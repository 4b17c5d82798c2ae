/** What functions share in one list, which they reach by `this`. */

import type { AnyNode, ArrowFunctionExpression, Class, Expression, Node, Program } from "acorn";
import { hasOwnScope } from "./functions-to-arrows.js";
import { type Reach, type Reference, referencesIn } from "./references.js";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";

/** Of the list. */
const listName = "shared";

/** A constant at the top, and where its statement is. */
interface Constant {
	readonly name: string;
	readonly value: Expression;
	readonly start: number;
	readonly end: number;
}

/**
 * The program's source with all that functions use of its top in one list. XS has a slot for each
 * name that a function uses, two for all of these, and a variable and a name for what is used so;
 * for what is reached by `this` it has none of them.
 *
 * A function that is only ever called becomes a method of the list, and the list is a prototype of
 * our classes' instances: each call is by the list, or by such an instance, which is then the
 * function's `this`, and has all that is in the list. All other places, and what has a `this` of
 * its own within those, use the list's name. No prototype has its class, which nobody asks for.
 */
export function sharedByList(source: string): string {
	const program = parse(source);
	const constants = constantsIn(program);
	const names = new Set([...constants.map(({ name }) => name), ...importedBy(program)]);
	const roots = rootsOf(constants);
	const reaches = reachesOf(program, names, constants, roots);
	const all = referencesIn(program, names, (node) => reaches.get(node) ?? "name");
	const indices = byUse(all);
	const references = all.filter(({ node }) => indices.has(node.name));
	const uses = references.map((reference) => useEdit(reference, indices));
	const methods: string[] = [];
	const statements: Edit[] = exportEdits(program, indices);
	for (const { name, value, start, end } of constants) {
		const index = indices.get(name);
		const item = index === undefined ? name : `${listName}[${index}]`;
		if (index !== undefined && isMethod(value, reaches)) {
			methods.push(methodText(index, value, (part) => rendered(source, part, uses)));
			statements.push([start, end, ""]);
			continue;
		}
		if (index !== undefined) statements.push([start, value.start, `${item} = `]);
		if (value.type !== "ClassExpression") continue;
		const isRoot = roots.get(name) === name;
		const prototype = `${item}.prototype`;
		const linked = isRoot ? `\nObject.setPrototypeOf(${prototype}, ${listName});` : "";
		statements.push([end, end, `${linked}\ndelete ${prototype}.constructor;`]);
	}
	const gone = statements.filter(([, , text]) => text === "");
	const kept = uses.filter(
		([place]) => !gone.some(([start, end]) => start <= place && place < end),
	);
	const imported = importedBy(program).filter((name) => indices.has(name));
	return [
		`const ${listName} = {\n${methods.join(",\n")}\n};`,
		...imported.map((name) => `${listName}[${indices.get(name)}] = ${name};`),
		edited(source, [...kept, ...statements]),
		`Object.freeze(${listName});\n`,
	].join("\n");
}

/** A part of the source with the edits that are within it. */
function rendered(source: string, { start, end }: Node, edits: readonly Edit[]): string {
	const inside = edits.filter(([first, last]) => start <= first && last <= end);
	return edited(
		source.slice(start, end),
		inside.map(([first, last, text]) => [first - start, last - start, text]),
	);
}

/** Who imports something needs a constant of its name. */
function exportEdits(program: Program, indices: ReadonlyMap<string, number>): Edit[] {
	const exported = [...exportedBy(program)].filter((name) => indices.has(name));
	const items = exported.map((name) => `const ${name} = ${listName}[${indices.get(name)}];\n`);
	const statement = program.body.find(({ type }) => type === "ExportNamedDeclaration");
	return statement === undefined ? [] : [[statement.start, statement.start, items.join("")]];
}

/** The class of the program at the beginning of each one's line; none for a class of others. */
function rootsOf(constants: readonly Constant[]): Map<string, string> {
	const roots = new Map<string, string>();
	// What a class extends stands before it.
	for (const { name, value } of constants) {
		if (value.type !== "ClassExpression") continue;
		const { superClass } = value;
		const root = superClass ? roots.get(nameOf(superClass)) : name;
		if (root !== undefined) roots.set(name, root);
	}
	return roots;
}

/** Constants with a statement of their own. */
function constantsIn({ body }: Program): Constant[] {
	return body.flatMap((statement) => {
		if (statement.type !== "VariableDeclaration" || statement.kind !== "const") return [];
		const [{ id, init } = { id: undefined, init: undefined }, ...others] = statement.declarations;
		if (id?.type !== "Identifier" || !init || others.length > 0) return [];
		return [{ name: id.name, value: init, start: statement.start, end: statement.end }];
	});
}

/** It is there before the program, and stays the same. */
function importedBy({ body }: Program): string[] {
	return body.flatMap((statement) => {
		if (statement.type !== "ImportDeclaration") return [];
		return statement.specifiers.map(({ local }) => local.name);
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

/** How functions at the top, and members of classes there, reach the list, where not by name. */
function reachesOf(
	program: Program,
	names: ReadonlySet<string>,
	constants: readonly Constant[],
	roots: ReadonlyMap<string, string>,
): Map<Node, Reach> {
	const others = new Set(exportedBy(program));
	const inFunctions = new Set<string>();
	for (const { node, isCall, isInFunction } of referencesIn(program, names, () => "name")) {
		if (!isCall) others.add(node.name);
		if (isInFunction) inFunctions.add(node.name);
	}
	const uses = valueUsesIn(program);
	const reaches = new Map<Node, Reach>();
	for (const { name, value } of constants) {
		if (value.type === "ClassExpression" && roots.has(name)) {
			for (const member of membersByPrototype(value, uses)) reaches.set(member, "this");
		} else if (canBeMethod(value) && inFunctions.has(name) && !others.has(name)) {
			reaches.set(value, "this");
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
		if (node.type === "Identifier" && node.name === listName) {
			throw new Error(`the program has a name ${listName} itself`);
		}
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

function nameOf(node: Node): string {
	const name = node as AnyNode;
	return name.type === "Identifier" ? name.name : "";
}

function canBeMethod(value: Expression): value is ArrowFunctionExpression {
	return value.type === "ArrowFunctionExpression" && !hasOwnScope(value);
}

function isMethod(
	value: Expression,
	reaches: ReadonlyMap<Node, Reach>,
): value is ArrowFunctionExpression {
	return canBeMethod(value) && reaches.get(value) === "this";
}

/**
 * The places of what functions use. The most used come first: what has a small index takes less
 * code.
 */
function byUse(references: readonly Reference[]): Map<string, number> {
	const counts = new Map<string, number>();
	const inFunctions = new Set<string>();
	for (const { node, isInFunction } of references) {
		if (isInFunction) inFunctions.add(node.name);
		counts.set(node.name, (counts.get(node.name) ?? 0) + 1);
	}
	const used = [...counts].filter(([name]) => inFunctions.has(name));
	const names = used.sort(([, first], [, second]) => second - first);
	return new Map(names.map(([name], index) => [name, index]));
}

function useEdit(
	{ node, reach, isShorthand }: Reference,
	indices: ReadonlyMap<string, number>,
): Edit {
	const item = `${reach === "this" ? "this" : listName}[${indices.get(node.name)}]`;
	return [node.start, node.end, isShorthand ? `${node.name}: ${item}` : item];
}

function methodText(
	index: number,
	{ async, params, body, expression }: ArrowFunctionExpression,
	rendered: (node: Node) => string,
): string {
	const head = `${async ? "async " : ""}${index}(${params.map(rendered).join(", ")})`;
	const text = rendered(body);
	return `${head} ${expression ? `{ return ${text}; }` : text}`;
}

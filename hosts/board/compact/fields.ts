/** Fields of classes, set by the constructor. */

import type {
	AnyNode,
	Class,
	ClassBody,
	MethodDefinition,
	Node,
	Pattern,
	PropertyDefinition,
	Program,
} from "acorn";
import { boundBy } from "./references.js";
import { childrenOf, type Edit, edited, parse, walk } from "./syntax.js";

/** Setting one of these would be another thing than to have a field of the name. */
const namesOfErrors = ["cause", "message", "name", "stack"];

/** A field with a name of its own, and what it begins as. */
interface Field {
	readonly name: string;
	readonly value: Node | undefined;
	readonly node: PropertyDefinition;
}

/**
 * The program's source with fields set at the constructor's beginning, or behind its `super`: XS
 * has a function for the fields of each class. A field that begins as `undefined` is not set at
 * all: an instance is smaller without, and says the same when asked. So nobody may ask an instance
 * of a class for all that it has, which the linter sees to (`no-misused-spread`).
 *
 * A class stays as it is where that could change what happens: a field that a method or an accessor
 * is called like, a name that would be another one within the constructor.
 */
export function fieldsByConstructors(source: string): string {
	const program = parse(source);
	const members = membersOf(program);
	const edits: Edit[] = [];
	walk(program, (node) => {
		if (node.type !== "ClassDeclaration" && node.type !== "ClassExpression") return;
		edits.push(...(classEdits(source, node, members) ?? []));
	});
	return edited(source, edits);
}

function classEdits(
	source: string,
	owner: Class,
	members: ReadonlySet<string>,
): Edit[] | undefined {
	const fields = fieldsOf(owner);
	if (fields === undefined || fields.length === 0) return undefined;
	const taken = takenBy(owner, members);
	if (taken === undefined || fields.some(({ name }) => taken.has(name))) return undefined;
	const text = fields
		.flatMap(({ name, value }) =>
			value === undefined ? [] : [`this.${name} = ${source.slice(value.start, value.end)};`],
		)
		.join(" ");
	const edits = fields.map(({ node }): Edit => [node.start, node.end, ""]);
	if (text === "") return edits;
	const constructor = constructorOf(owner);
	if (constructor === undefined) {
		if (owner.superClass) return undefined;
		return [...edits, [owner.body.start + 1, owner.body.start + 1, ` constructor() { ${text} }`]];
	}
	if (!canSet(constructor, fields)) return undefined;
	const place = placeIn(constructor, owner);
	return place === undefined ? undefined : [...edits, [place, place, " " + text]];
}

/**
 * Names that a field must not have: those of what an instance inherits. Unknown for a class that
 * extends one from outside.
 */
function takenBy(
	{ superClass, body }: Class,
	members: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
	if (!superClass) return membersOf(body);
	if (superClass.type !== "Identifier") return undefined;
	if (superClass.name === "Error") return new Set([...membersOf(body), ...namesOfErrors]);
	return members.has(superClass.name) ? new Set([...members, ...namesOfErrors]) : undefined;
}

/** None if there is one that is not plain. */
function fieldsOf({ body }: Class): Field[] | undefined {
	const fields: Field[] = [];
	for (const member of body.body) {
		if (member.type !== "PropertyDefinition" || member.static) continue;
		if (member.computed || member.key.type !== "Identifier") return undefined;
		const value = member.value ?? undefined;
		if (value !== undefined && !isPlain(value)) return undefined;
		fields.push({ name: member.key.name, value, node: member });
	}
	return fields;
}

/** What means the same in the constructor. */
function isPlain(value: Node): boolean {
	const node = value as AnyNode;
	const { type } = node;
	if (type === "Super" || type === "MetaProperty" || type === "ClassExpression") return false;
	if (type === "Identifier" && node.name === "arguments") return false;
	return childrenOf(value).every(isPlain);
}

function constructorOf({ body }: Class): MethodDefinition | undefined {
	return body.body.find(
		(member): member is MethodDefinition =>
			member.type === "MethodDefinition" && member.kind === "constructor",
	);
}

/** Names of all methods, accessors and classes within. */
function membersOf(node: Program | ClassBody): ReadonlySet<string> {
	const names = new Set<string>();
	walk(node, (part) => {
		if (part.type === "VariableDeclarator" && part.id.type === "Identifier") {
			if (part.init?.type === "ClassExpression") names.add(part.id.name);
		}
		if (part.type === "ClassDeclaration" && part.id !== null) names.add(part.id.name);
		if (part.type === "MethodDefinition" && part.key.type === "Identifier")
			names.add(part.key.name);
	});
	return names;
}

/** Fields come before parameters: neither may see the other. */
function canSet({ value }: MethodDefinition, fields: readonly Field[]): boolean {
	const values = fields.flatMap((field) => (field.value === undefined ? [] : [field.value]));
	const bound = new Set(namesBoundIn(value));
	const isSeen = values.some((one) => namesIn(one).some((name) => bound.has(name)));
	const isAsked = value.params.some((parameter) => doesAnything(parameter));
	return !isSeen && !isAsked;
}

function namesBoundIn(node: Node): string[] {
	const part = node as AnyNode;
	const own: (Pattern | null)[] =
		part.type === "VariableDeclarator"
			? [part.id]
			: part.type === "FunctionExpression" || part.type === "ArrowFunctionExpression"
				? part.params
				: part.type === "CatchClause"
					? [part.param ?? null]
					: [];
	return [...own.flatMap(boundBy), ...childrenOf(node).flatMap(namesBoundIn)];
}

function namesIn(node: Node): string[] {
	const part = node as AnyNode;
	const own = part.type === "Identifier" ? [part.name] : [];
	return [...own, ...childrenOf(node).flatMap(namesIn)];
}

/** A default that calls something, or asks for the instance. */
function doesAnything(node: Node): boolean {
	const { type } = node as AnyNode;
	if (["CallExpression", "NewExpression", "ThisExpression"].includes(type)) return true;
	return childrenOf(node).some(doesAnything);
}

/** Where the constructor has `this`; nowhere if that isn't certain. */
function placeIn({ value }: MethodDefinition, { superClass }: Class): number | undefined {
	if (!superClass) return value.body.start + 1;
	const call = value.body.body.find(
		(statement) =>
			statement.type === "ExpressionStatement" &&
			statement.expression.type === "CallExpression" &&
			statement.expression.callee.type === "Super",
	);
	return call?.end;
}

/** Functions that are called at one place, with their statements there. */

import type {
	AnyNode,
	CallExpression,
	Class,
	Function as AnyFunction,
	MethodDefinition,
	Node,
	VariableDeclaration,
} from "acorn";
import { type Place, placeOf } from "./call-places.js";
import { returnsIn, type Single, statementsInPlace } from "./call-statements.js";
import { hasOwnScope } from "./functions-to-arrows.js";
import { childrenOf, type Edit, edited, parse, walk } from "./syntax.js";
import { withUniqueLocals } from "./unique-locals.js";
import { isName, Variables } from "./variables.js";

/** A function's only call, and where it is declared. */
interface Found extends Single {
	readonly declaration: VariableDeclaration | MethodDefinition;
}

/**
 * The program's source with the statements of a function that is called at one place in that place,
 * also those of methods that `own` names: members that nobody asks an instance for but its class,
 * which extends none, and that by `this`. XS has some 48 bytes of slots for a function, and 20 of
 * code for its beginning and its call. No function is made for it. It stays where something would
 * be done in another order, and where more would be held: its result while the same statement calls
 * something else, or its variables, if it waits or its caller does.
 */
export function singleCallsInPlace(source: string, own: ReadonlySet<string> = new Set()): string {
	let text = withUniqueLocals(source);
	for (let count = 0; ;) {
		const variables = new Variables(parse(text));
		const found = leavesOf([...functionsIn(variables), ...methodsIn(variables, own)]);
		if (found.length === 0) return text;
		const from = text;
		text = edited(
			from,
			found.flatMap(({ declaration, ...single }): Edit[] => [
				[declaration.start, declaration.end, ""],
				statementsInPlace(from, single, variables, ++count),
			]),
		);
	}
}

function functionsIn(variables: Variables): Found[] {
	return variables.program.body.flatMap((declaration): Found[] => {
		if (declaration.type !== "VariableDeclaration" || declaration.declarations.length > 1)
			return [];
		const { id, init: value } = declaration.declarations[0] ?? {};
		if (id?.type !== "Identifier" || value?.type !== "ArrowFunctionExpression") return [];
		const [use, ...others] = variables.usesOf(id.name);
		if (use === undefined || others.length > 0 || hasOwnScope(value)) return [];
		const place = placeFor(value, use, variables);
		return place === undefined ? [] : [{ value, declaration, place }];
	});
}

function methodsIn(variables: Variables, own: ReadonlySet<string>): Found[] {
	const found: Found[] = [];
	walk(variables.program, (node) => {
		if (node.type !== "ClassExpression" || node.superClass) return;
		for (const declaration of node.body.body) {
			if (declaration.type !== "MethodDefinition" || declaration.kind !== "method") continue;
			const { key, value, computed } = declaration;
			if (computed || declaration.static || key.type !== "Identifier" || !own.has(key.name))
				continue;
			const [use, ...others] = membersIn(node, key.name);
			if (use?.type !== "MemberExpression" || use.object.type !== "ThisExpression") continue;
			if (others.length > 0 || asksForCall(value.body)) continue;
			const place = placeFor(value, use, variables);
			if (place !== undefined) found.push({ value, declaration, place });
		}
	});
	return found;
}

/** Where a class asks for a member of that name. */
function membersIn(owner: Class, name: string): AnyNode[] {
	const found: AnyNode[] = [];
	walk(owner.body, (node) => {
		const key =
			node.type === "MemberExpression" ? node.property : node.type === "Property" ? node.key : node;
		if (key !== node && isName(key) && key.name === name) found.push(node);
	});
	return found;
}

/** Whether something depends on the call itself: what was given to it, or whose method it is. */
function asksForCall(node: Node): boolean {
	const { type } = node;
	if (type === "Super" || type === "MetaProperty") return true;
	return (isName(node) && node.name === "arguments") || childrenOf(node).some(asksForCall);
}

/** The place of a function's statements, if they can stand where it is used. */
function placeFor(value: Single["value"], use: AnyNode, variables: Variables): Place | undefined {
	const call = variables.parentOf(use);
	if (call?.type !== "CallExpression" || call.callee !== use || !fits(call, value))
		return undefined;
	if (!canStandElsewhere(value) || isWithin(call, value)) return undefined;
	const place = placeOf(call, variables);
	if (place === undefined || waits(place.caller)) return undefined;
	return place.use === "other" && place.isBeforeCalls && !returnsSmall(value) ? undefined : place;
}

/** Those that no other one is called in, and each in a statement of its own. */
function leavesOf(singles: readonly Found[]): Found[] {
	const chosen: Found[] = [];
	for (const single of singles) {
		const { within } = single.place;
		const isLeaf = !singles.some(({ place }) => isWithin(place.call, single.value));
		const others = chosen.map(({ place }) => place.within);
		const isAlone = !others.some((other) => isWithin(other, within) || isWithin(within, other));
		if (isLeaf && isAlone) chosen.push(single);
	}
	return chosen;
}

/** Labels are those of calls in place, and have names of their own. */
function canStandElsewhere(value: AnyFunction): boolean {
	let isOther = waits(value);
	walk(value.body, (node) => {
		if (node.type === "LabeledStatement" && !node.label.name.startsWith("$")) isOther = true;
		if (node.type === "VariableDeclaration" && node.kind === "var") isOther = true;
	});
	return !isOther;
}

/** It keeps its variables on the heap meanwhile. */
function waits({ async, generator }: AnyFunction): boolean {
	return async || generator;
}

/** Whether the call says what each parameter is. */
function fits({ optional, arguments: given }: CallExpression, value: AnyFunction): boolean {
	if (optional || given.some(({ type }) => type === "SpreadElement")) return false;
	return value.params.every((parameter, index) => {
		if (parameter.type !== "AssignmentPattern") return parameter.type === "Identifier";
		const isPlain = parameter.left.type === "Identifier" && parameter.right.type === "Literal";
		return isPlain && given[index] === undefined;
	});
}

/** Whether what a function returns takes no memory. */
function returnsSmall({ body }: AnyFunction): boolean {
	if (body.type !== "BlockStatement") return isSmall(body);
	return returnsIn(body).every(({ argument }) => !argument || isSmall(argument));
}

function isSmall(value: AnyNode): boolean {
	switch (value.type) {
		case "Literal":
			return typeof value.value === "boolean" || typeof value.value === "number";
		case "UnaryExpression":
			return true;
		case "BinaryExpression":
			return value.operator !== "+";
		case "LogicalExpression":
			return isSmall(value.left) && isSmall(value.right);
		default:
			return false;
	}
}

function isWithin(inner: Node, outer: Node): boolean {
	return outer.start <= inner.start && inner.end <= outer.end;
}

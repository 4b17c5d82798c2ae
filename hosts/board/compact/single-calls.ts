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
import { conditionOf, type Place, placeOf } from "./call-places.js";
import { conditionInPlace, returnsIn, type Single, statementsInPlace } from "./call-statements.js";
import { hasOwnScope } from "./functions-to-arrows.js";
import { childrenOf, type Edit, edited, parse, walk } from "./syntax.js";
import { withUniqueLocals } from "./unique-locals.js";
import { isName, Variables } from "./variables.js";

/** A function that is called at one place, and where it is declared. */
interface Candidate {
	readonly value: Single["value"];
	readonly declaration: VariableDeclaration | MethodDefinition;
	readonly call: CallExpression;
}

type Found = Candidate & Single;

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
		const from = text;
		const variables = new Variables(parse(from));
		const candidates = [...functionsIn(variables), ...methodsIn(variables, own)];
		const edits = leavesOf(placed(candidates, variables)).flatMap((found): Edit[] => [
			[found.declaration.start, found.declaration.end, ""],
			statementsInPlace(from, found, variables, ++count),
		]);
		if (edits.length === 0) {
			const places = apart(conditionsFor(candidates, variables));
			edits.push(...places.map((place) => conditionInPlace(from, place, variables, ++count)));
		}
		if (edits.length === 0) return text;
		text = edited(from, edits);
	}
}

function functionsIn(variables: Variables): Candidate[] {
	return variables.program.body.flatMap((declaration): Candidate[] => {
		if (declaration.type !== "VariableDeclaration" || declaration.declarations.length > 1)
			return [];
		const { id, init: value } = declaration.declarations[0] ?? {};
		if (id?.type !== "Identifier" || value?.type !== "ArrowFunctionExpression") return [];
		const [use, ...others] = variables.usesOf(id.name);
		if (use === undefined || others.length > 0 || hasOwnScope(value)) return [];
		return candidatesOf(value, declaration, use, variables);
	});
}

function methodsIn(variables: Variables, own: ReadonlySet<string>): Candidate[] {
	const found: Candidate[] = [];
	walk(variables.program, (node) => {
		if (node.type !== "ClassExpression" || node.superClass) return;
		for (const declaration of node.body.body) {
			if (declaration.type !== "MethodDefinition" || declaration.kind !== "method") continue;
			const { key, value, computed } = declaration;
			if (computed || declaration.static || !isName(key) || !own.has(key.name)) continue;
			const [use, ...others] = membersIn(node, key.name);
			if (use?.type !== "MemberExpression" || use.object.type !== "ThisExpression") continue;
			if (others.length > 0 || asksForCall(value.body)) continue;
			found.push(...candidatesOf(value, declaration, use, variables));
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

/** One, if the function's statements could stand where it is used. */
function candidatesOf(
	value: Single["value"],
	declaration: Candidate["declaration"],
	use: AnyNode,
	variables: Variables,
): Candidate[] {
	const call = variables.parentOf(use);
	if (call?.type !== "CallExpression" || call.callee !== use || !fits(call, value)) return [];
	return canStandElsewhere(value) && !isWithin(call, value) ? [{ value, declaration, call }] : [];
}

function placed(candidates: readonly Candidate[], variables: Variables): Found[] {
	return candidates.flatMap((candidate): Found[] => {
		const place = placeOf(candidate.call, variables);
		if (place === undefined || waits(place.caller)) return [];
		const isHeld = place.use === "other" && place.isBeforeCalls && !returnsSmall(candidate.value);
		return isHeld ? [] : [{ ...candidate, place }];
	});
}

/** Places of conditions that decide about calls, to be statements themselves first. */
function conditionsFor(candidates: readonly Candidate[], variables: Variables): Place[] {
	return candidates.flatMap(({ call }): Place[] => {
		const condition = conditionOf(call, variables);
		const place = condition && placeOf(condition, variables);
		if (place === undefined || waits(place.caller)) return [];
		const { within, isBeforeCalls } = place;
		const isTest = within.type === "IfStatement" && within.test === condition;
		return isBeforeCalls && !isTest ? [] : [place];
	});
}

/** Those that no other one is called in, and each in a statement of its own. */
function leavesOf(singles: readonly Found[]): Found[] {
	const leaves = singles.filter(({ value }) => !singles.some(({ call }) => isWithin(call, value)));
	const places = new Set(apart(leaves.map(({ place }) => place)));
	return leaves.filter(({ place }) => places.has(place));
}

/** Places that are in none of the statements of others. */
function apart(places: readonly Place[]): Place[] {
	const chosen: Place[] = [];
	for (const place of places) {
		const { within } = place;
		const isWith = ({ within: other }: Place): boolean =>
			isWithin(other, within) || isWithin(within, other);
		if (!chosen.some(isWith)) chosen.push(place);
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

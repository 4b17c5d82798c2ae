/** Functions that are called at one place, with their statements there. */

import type {
	AnyNode,
	ArrowFunctionExpression,
	CallExpression,
	Function as AnyFunction,
	Node,
	VariableDeclaration,
} from "acorn";
import { placeOf } from "./call-places.js";
import { returnsIn, type Single, statementsInPlace } from "./call-statements.js";
import { hasOwnScope } from "./functions-to-arrows.js";
import { type Edit, edited, parse, walk } from "./syntax.js";
import { withUniqueLocals } from "./unique-locals.js";
import { Variables } from "./variables.js";

/** A function's only call, and its statement at the top. */
interface Found extends Single {
	readonly statement: VariableDeclaration;
}

/**
 * The program's source with the statements of a function that is called at one place in that place:
 * XS has some 48 bytes of slots for a function, and 20 of code for its beginning and its call. No
 * function is made for it. It stays where something would be done in another order, and where more
 * would be held: its result while the same statement calls something else, or its variables, if it
 * waits or its caller does.
 */
export function singleCallsInPlace(source: string): string {
	let text = withUniqueLocals(source);
	for (let count = 0; ;) {
		const variables = new Variables(parse(text));
		const found = leavesOf(singlesIn(variables));
		if (found.length === 0) return text;
		const from = text;
		text = edited(
			from,
			found.flatMap(({ statement, ...single }): Edit[] => [
				[statement.start, statement.end, ""],
				statementsInPlace(from, single, variables, ++count),
			]),
		);
	}
}

function singlesIn(variables: Variables): Found[] {
	return variables.program.body.flatMap((statement): Found[] => {
		if (statement.type !== "VariableDeclaration" || statement.declarations.length > 1) return [];
		const { id, init: value } = statement.declarations[0] ?? {};
		if (id?.type !== "Identifier" || value?.type !== "ArrowFunctionExpression") return [];
		const [use, ...others] = variables.usesOf(id.name);
		if (use === undefined || others.length > 0 || !canStandElsewhere(value)) return [];
		const call = variables.parentOf(use);
		if (call?.type !== "CallExpression" || call.callee !== use || !fits(call, value)) return [];
		const place = placeOf(call, variables);
		if (place === undefined || isWithin(call, value) || waits(place.caller)) return [];
		if (place.use === "other" && place.isBeforeCalls && !returnsSmall(value)) return [];
		return [{ value, statement, place }];
	});
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
function canStandElsewhere(value: ArrowFunctionExpression): boolean {
	let isOther = waits(value) || hasOwnScope(value);
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
function returnsSmall({ body }: ArrowFunctionExpression): boolean {
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

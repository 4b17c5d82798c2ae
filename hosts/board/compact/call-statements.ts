/** What stands in the place of a call: the statements of the function that it calls. */

import type {
	AnyNode,
	ArrowFunctionExpression,
	Function as AnyFunction,
	FunctionExpression,
	ReturnStatement,
} from "acorn";
import type { Place } from "./call-places.js";
import { isShorthand } from "./references.js";
import { childrenOf, type Edit, edited } from "./syntax.js";
import { isFunction, type Variables } from "./variables.js";

/** A function, and where it is called. */
export interface Single {
	readonly value: ArrowFunctionExpression | FunctionExpression;
	readonly place: Place;
}

/** The edit that puts the function's statements there; `count` is another one for each. */
export function statementsInPlace(
	source: string,
	single: Single,
	variables: Variables,
	count: number,
): Edit {
	const { call, use, isLast } = single.place;
	const result = use === "declared" ? nameOf(variables.parentOf(call)) : "$result" + count;
	const block = blockText(source, single, variables, result, "$end" + count);
	if (use === "declared" || use === "other") return behind(block, source, single.place, result);
	const { start, end, isValue } = spanOf(source, single.place);
	if (use === "none") return [start, end, block];
	const isEnd = isValue || isLast || !canComplete(single.value.body);
	return [start, end, isEnd ? " " + block : `{ ${block} return; }`];
}

/** What is replaced: a statement, or all behind an arrow, since a value may be in brackets. */
function spanOf(
	source: string,
	{ caller, within }: Place,
): { start: number; end: number; isValue: boolean } {
	const isValue = caller.body === within && within.type !== "BlockStatement";
	const start = isValue ? valueStart(source, caller) : within.start;
	return { start, end: isValue ? caller.end : within.end, isValue };
}

/** The place's statement behind those that set `result`, which stands there then. */
function behind(block: string, source: string, place: Place, result: string): Edit {
	const { call, within, use } = place;
	const { start, end, isValue } = spanOf(source, place);
	const rest = (from: number, to: number): string =>
		source.slice(from, call.start) + result + source.slice(call.end, to);
	const statement = `let ${result}; ${block} `;
	if (isValue) return [start, end, ` { ${statement}return ${rest(start, end)}; }`];
	if (within.type !== "VariableDeclaration")
		return [start, end, `{ ${statement}${rest(start, end)} }`];
	const { kind, declarations } = within;
	const index = declarations.findIndex((one) => one.end >= call.end);
	const [previous, own, next] = [index - 1, index, index + 1].map((at) => declarations[at]);
	const before = previous === undefined ? "" : source.slice(start, previous.end) + "; ";
	const after = next === undefined ? "" : ` ${kind} ${source.slice(next.start, end)}`;
	if (use === "declared") return [start, end, before + statement + after];
	const name = nameOf(own);
	const value = rest(own?.init?.start ?? start, own?.end ?? end);
	return [start, end, `${before}let ${name}; { ${statement}${name} = (${value}); }${after}`];
}

/** A condition as statements that set a variable, which stands in its place. */
export function conditionInPlace(
	source: string,
	place: Place,
	variables: Variables,
	count: number,
): Edit {
	const { call: condition, use } = place;
	const result = use === "declared" ? nameOf(variables.parentOf(condition)) : "$result" + count;
	const set = ({ start, end }: AnyNode): string => `${result} = (${source.slice(start, end)});`;
	if (condition.type === "ConditionalExpression") {
		const { test, consequent, alternate } = condition;
		const question = source.slice(test.start, test.end);
		const text = `if (${question}) ${set(consequent)} else ${set(alternate)}`;
		return behind(text, source, place, result);
	}
	if (condition.type !== "LogicalExpression") throw new TypeError(condition.type);
	const { left, operator, right } = condition;
	const isNext = { "&&": result, "||": "!" + result, "??": result + " == null" }[operator];
	return behind(`${set(left)} if (${isNext}) ${set(right)}`, source, place, result);
}

/** The function's statements, with what it returns in a variable if somebody asks for it. */
function blockText(
	source: string,
	single: Single,
	variables: Variables,
	result: string,
	label: string,
): string {
	const { value, place } = single;
	const { body } = value;
	const { front, edits } = parametersOf(source, single, variables);
	const set = { returned: "return ", none: "", declared: result + " = ", other: result + " = " }[
		place.use
	];
	if (body.type !== "BlockStatement") {
		return `{ ${front}${set}(${rendered(source, body.start, body.end, edits)}); }`;
	}
	const returns = place.use === "returned" ? [] : returnsIn(body);
	const last = new Set(lastIn(body));
	for (const statement of returns) {
		edits.push(...returnEdits(statement, set, last.has(statement) ? "" : `break ${label};`));
	}
	const isLeft = returns.some((statement) => !last.has(statement));
	const text = rendered(source, body.start + 1, body.end - 1, edits);
	return `${isLeft ? label + ": " : ""}{ ${front}${text}\n}`;
}

function returnEdits(
	{ start, end, argument }: ReturnStatement,
	set: string,
	leave: string,
): Edit[] {
	if (!argument) return [[start, end, set === "" ? `{ ${leave} }` : `{ ${set}void 0; ${leave} }`]];
	return [
		[start, argument.start, `{ ${set}(`],
		[argument.end, end, `); ${leave} }`],
	];
}

/** What parameters become: variables, or what the call gives, where that can stand for them. */
function parametersOf(
	source: string,
	{ value, place }: Single,
	variables: Variables,
): { front: string; edits: Edit[] } {
	const given = place.call.type === "CallExpression" ? place.call.arguments : [];
	const edits: Edit[] = [];
	let front = "";
	for (const [index, argument] of given.entries()) {
		const text = source.slice(argument.start, argument.end);
		const name = nameOf(value.params[index]);
		if (name === "") {
			front += `(${text}); `;
		} else if (canReplace(name, argument, { value, place }, variables)) {
			for (const use of variables.usesOf(name)) {
				const isShort = isShorthand(variables.parentOf(use));
				edits.push([use.start, use.end, isShort ? `${name}: ${text}` : text]);
			}
		} else {
			front += `${variables.isChanged(name) ? "let" : "const"} ${name} = ${text}; `;
		}
	}
	for (const parameter of value.params.slice(given.length)) {
		const isPlain = parameter.type === "AssignmentPattern";
		front += `let ${isPlain ? source.slice(parameter.start, parameter.end) : nameOf(parameter)}; `;
	}
	return { front, edits };
}

function canReplace(
	name: string,
	argument: AnyNode,
	{ value, place }: Single,
	variables: Variables,
): boolean {
	const uses = variables.usesOf(name);
	if (variables.isChanged(name)) return false;
	const isCaptured = uses.some((use) => variables.functionOf(use) !== value);
	// The parameter itself is one of them.
	const isOnce = uses.length <= 2;
	switch (argument.type) {
		case "Literal":
			return typeof argument.value === "number" || isOnce;
		case "ThisExpression":
			return !isCaptured;
		case "Identifier":
			if (!variables.isChanged(argument.name)) return isOnce || variables.isLocal(argument.name);
			return !isCaptured && variables.isSteady(argument.name, place.caller);
		default:
			return false;
	}
}

/** The function's own. */
export function returnsIn(node: AnyNode): ReturnStatement[] {
	if (node.type === "ReturnStatement") return [node];
	if (isFunction(node)) return [];
	return childrenOf(node).flatMap((part) => returnsIn(part as AnyNode));
}

/** Those that nothing of the statement comes behind. */
function lastIn(node: AnyNode | null | undefined): ReturnStatement[] {
	switch (node?.type) {
		case "ReturnStatement":
			return [node];
		case "BlockStatement":
			return lastIn(node.body.at(-1));
		case "IfStatement":
			return [...lastIn(node.consequent), ...lastIn(node.alternate)];
		default:
			return [];
	}
}

/** Whether a function may end without `return`; if in doubt, it may. */
function canComplete(node: AnyNode): boolean {
	switch (node.type) {
		case "ReturnStatement":
		case "ThrowStatement":
			return false;
		case "BlockStatement":
			return node.body.every(canComplete);
		case "IfStatement":
			return !node.alternate || canComplete(node.consequent) || canComplete(node.alternate);
		default:
			return node.type.endsWith("Statement") || node.type.endsWith("Declaration");
	}
}

function rendered(source: string, start: number, end: number, edits: readonly Edit[]): string {
	const inside = edits.filter(([first, last]) => start <= first && last <= end);
	return edited(
		source.slice(start, end),
		inside.map(([first, last, text]) => [first - start, last - start, text]),
	);
}

/** Behind the arrow: around a value may be brackets. */
function valueStart(source: string, { params, start }: AnyFunction): number {
	return source.indexOf("=>", params.at(-1)?.end ?? start) + "=>".length;
}

function nameOf(node: AnyNode | undefined): string {
	const name = node?.type === "VariableDeclarator" ? node.id : node;
	return name?.type === "Identifier" ? name.name : "";
}

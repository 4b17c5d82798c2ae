/** Where statements could stand in the place of a call, with nothing done in another order. */

import type {
	AnyNode,
	ConditionalExpression,
	Expression,
	Function as AnyFunction,
	LogicalExpression,
	Node,
} from "acorn";
import { isOnlyName } from "./references.js";
import { childrenOf } from "./syntax.js";
import { changesSomething, isName, type Variables } from "./variables.js";

/** What the call's statement does with its result. */
export type Use =
	/** Nothing else than to return it. */
	| "returned"
	/** Nothing. */
	| "none"
	/** It is a variable's first value. */
	| "declared"
	/** Something else. */
	| "other";

export type Condition = ConditionalExpression | LogicalExpression;

export interface Place {
	/** Or another expression whose statements could stand there. */
	readonly call: Expression;
	/** The function that it is in. */
	readonly caller: AnyFunction;
	/** The statement, or the value that an arrow function returns. */
	readonly within: AnyNode;
	readonly use: Use;
	/** Whether something is called behind it, in the same statement. */
	readonly isBeforeCalls: boolean;
	/** Nothing comes behind it in the function. */
	readonly isLast: boolean;
}

/** The place of a call that is the first thing done in its statement, and in any case. */
export function placeOf(call: Expression, variables: Variables): Place | undefined {
	const caller = variables.functionOf(call);
	if (caller === undefined || changesSomething(call)) return undefined;
	for (let node: AnyNode = call; ;) {
		const parent = variables.parentOf(node);
		if (parent === undefined || parent.type === "LabeledStatement") return undefined;
		if (parent === caller) {
			if (caller.body !== node || caller.type !== "ArrowFunctionExpression") return undefined;
			const use = node === call ? "returned" : "other";
			const isBeforeCalls = callsBehind(node, call.end);
			return { call, caller, within: node, use, isBeforeCalls, isLast: true };
		}
		if (isStatement(node, parent)) {
			const use = useIn(node, call);
			const isLast = parent === caller.body && lastOf(parent) === node;
			// What a loop goes through it holds in any case.
			const isBeforeCalls = !node.type.startsWith("For") && callsBehind(node, call.end);
			return { call, caller, within: node, use, isBeforeCalls, isLast };
		}
		if (!isFirst(node, caller, variables)) return undefined;
		if (node.type === "VariableDeclarator" && node.id.type !== "Identifier") return undefined;
		node = parent;
	}
}

/** The condition that decides about a call, if that is the first thing done then. */
export function conditionOf(call: Node, variables: Variables): Condition | undefined {
	const caller = variables.functionOf(call);
	for (let node = call as AnyNode; caller !== undefined;) {
		const parent = variables.parentOf(node);
		if (parent?.type === "LogicalExpression" && parent.right === node) return parent;
		if (parent?.type === "ConditionalExpression" && parent.test !== node) return parent;
		if (parent === undefined || !isFirst(node, caller, variables)) return undefined;
		node = parent;
	}
	return undefined;
}

/** Whether all that `parent` does before `node` could as well be done after it. */
function isFirst(node: AnyNode, caller: AnyFunction, variables: Variables): boolean {
	const parent = variables.parentOf(node);
	if (parent === undefined || !isInAnyCase(node, parent)) return false;
	const before = childrenOf(parent).filter(({ start }) => start < node.start) as AnyNode[];
	switch (parent.type) {
		case "VariableDeclarator":
		case "ForInStatement":
		case "ForOfStatement":
			return true;
		case "VariableDeclaration":
			// In a block each can have a statement of its own.
			return before.length === 0 || isStatement(parent, variables.parentOf(parent));
		case "AssignmentExpression":
			return isSteadyTarget(parent.left, caller, variables);
		default:
			return before.every((part) => isSteadyPart(part, caller, variables));
	}
}

function isSteadyTarget(node: AnyNode, caller: AnyFunction, variables: Variables): boolean {
	if (node.type === "Identifier") return true;
	if (node.type !== "MemberExpression" || node.computed) return false;
	return isSteadyPart(node.object, caller, variables);
}

function isSteadyPart(node: AnyNode, caller: AnyFunction, variables: Variables): boolean {
	const areSteady = (nodes: Node[]): boolean =>
		nodes.every((part) => isSteadyPart(part as AnyNode, caller, variables));
	switch (node.type) {
		case "Literal":
		case "ThisExpression":
		case "Super":
		case "TemplateElement":
		case "ArrowFunctionExpression":
			return true;
		case "Identifier":
			return isOnlyName(node, variables.parentOf(node)) || variables.isSteady(node.name, caller);
		case "MemberExpression": {
			const parent = variables.parentOf(node);
			const name = isName(node.property) ? node.property.name : "";
			const isCalled = parent !== undefined && "callee" in parent && parent.callee === node;
			const isMethod = isCalled && !node.computed && !variables.isSetMember(name);
			return isMethod && !node.optional && areSteady([node.object]);
		}
		case "ArrayExpression":
		case "ObjectExpression":
		case "Property":
			return areSteady(childrenOf(node));
		default:
			return false;
	}
}

/** Whether something in a node is called behind a place. */
function callsBehind(node: AnyNode, end: number): boolean {
	if (node.start >= end && /^(Await|Call|New)Expression$/.test(node.type)) return true;
	return childrenOf(node).some((part) => callsBehind(part as AnyNode, end));
}

function lastOf(node: AnyNode): AnyNode | undefined {
	return node.type === "BlockStatement" ? node.body.at(-1) : undefined;
}

function isStatement({ type }: AnyNode, parent: AnyNode | undefined): boolean {
	if (type === "VariableDeclaration") return parent !== undefined && !parent.type.startsWith("For");
	return type.endsWith("Statement");
}

function useIn(statement: AnyNode, call: Expression): Use {
	switch (statement.type) {
		case "ReturnStatement":
			return statement.argument === call ? "returned" : "other";
		case "ExpressionStatement":
			return statement.expression === call ? "none" : "other";
		case "VariableDeclaration": {
			const declarator = statement.declarations.find(({ init }) => init === call);
			return declarator?.id.type === "Identifier" ? "declared" : "other";
		}
		default:
			return "other";
	}
}

/** Whether a part of a node is done whenever the node is, once. */
function isInAnyCase(node: AnyNode, parent: AnyNode): boolean {
	switch (parent.type) {
		case "LogicalExpression":
			return node === parent.left;
		case "ConditionalExpression":
		case "IfStatement":
			return node === parent.test;
		case "SwitchStatement":
			return node === parent.discriminant;
		case "ForStatement":
			return node === parent.init;
		case "ForInStatement":
		case "ForOfStatement":
			return node === parent.right;
		case "AssignmentExpression":
			return node === parent.right && parent.operator === "=";
		case "CallExpression":
			return node === parent.callee || !parent.optional;
		case "ArrayExpression":
		case "AwaitExpression":
		case "BinaryExpression":
		case "ChainExpression":
		case "ExpressionStatement":
		case "MemberExpression":
		case "NewExpression":
		case "ObjectExpression":
		case "Property":
		case "ReturnStatement":
		case "SequenceExpression":
		case "SpreadElement":
		case "TemplateLiteral":
		case "ThrowStatement":
		case "UnaryExpression":
		case "VariableDeclaration":
		case "VariableDeclarator":
			return true;
		default:
			return false;
	}
}

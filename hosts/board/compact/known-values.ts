/** Expressions that always have the same value on a device, in sources of a library. */

import type { AnyNode, Program, Statement } from "acorn";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";

/** What expressions are on a device, as both are written, by the method that they are in. */
export interface KnownValues {
	/** Those that may be in any method, or in none. */
	readonly everywhere: Readonly<Record<string, string>>;
	readonly [method: string]: Readonly<Record<string, string>>;
}

/**
 * The module's source with the values in place of the expressions, for a compiler to leave out what
 * never runs then. Nobody reads such an expression any more, so it isn't set either. A field that
 * begins as `undefined` is one without a value.
 *
 * @throws {Error} with the expressions that it has nowhere.
 */
export function withKnownValues(source: string, known: KnownValues): string {
	const missing = new Map(
		Object.entries(known).map(([method, values]) => [method, new Set(Object.keys(values))]),
	);
	const edits: Edit[] = [];
	const valueOf = (text: string, method: string): string | undefined => {
		for (const scope of [method, "everywhere"]) {
			const values = known[scope] ?? {};
			if (!Object.hasOwn(values, text)) continue;
			missing.get(scope)?.delete(text);
			return values[text];
		}
		return undefined;
	};
	const visit = (node: AnyNode, method: string): void => {
		const text = source.slice(node.start, node.end).replaceAll(/\s+/g, " ");
		if (setIn(node, source).some((target) => valueOf(target, method) !== undefined)) {
			edits.push([node.start, node.end, ";"]);
			return;
		}
		if (node.type === "PropertyDefinition" && node.value) {
			const { start, end } = node.value;
			if (valueOf(source.slice(start, end), nameOf(node.key)) === "undefined") {
				edits.push([node.key.end, end, ""]);
				return;
			}
		}
		const value = isExpression(node) ? valueOf(text, method) : undefined;
		if (value !== undefined) {
			edits.push([node.start, node.end, `(${value})`]);
			return;
		}
		const isMember = node.type === "MethodDefinition" || node.type === "PropertyDefinition";
		const inside = isMember ? nameOf(node.key) : method;
		for (const part of usesIn(node)) visit(part, inside);
	};
	visit(parse(source), "");
	const texts = [...missing].flatMap(([method, expressions]) =>
		[...expressions].map((text) => `${text} (${method})`),
	);
	if (texts.length > 0) throw new Error(texts.join(", "));
	return withoutEmptyFinally(edited(source, edits));
}

/** What a statement, or a field's declaration, sets and does nothing else. */
function setIn(node: AnyNode, source: string): string[] {
	if (node.type === "PropertyDefinition") return ["this." + nameOf(node.key)];
	if (node.type !== "ExpressionStatement" || node.expression.type !== "AssignmentExpression") {
		return [];
	}
	const { left } = node.expression;
	return [source.slice(left.start, left.end)];
}

function isExpression({ type }: AnyNode): boolean {
	return type.endsWith("Expression") || type === "Identifier";
}

/** The parts of a node, but names that are no variables: a parameter, a member's name. */
function usesIn(node: AnyNode): AnyNode[] {
	const parts = childrenOf(node) as AnyNode[];
	switch (node.type) {
		case "FunctionDeclaration":
		case "FunctionExpression":
		case "ArrowFunctionExpression":
			return [node.body];
		case "MemberExpression":
			return node.computed ? parts : [node.object as AnyNode];
		case "MethodDefinition":
		case "Property":
		case "PropertyDefinition":
			return node.value ? [node.value] : [];
		case "VariableDeclarator":
			return node.init ? [node.init] : [];
		case "ImportDeclaration":
			return [];
		default:
			return parts;
	}
}

function nameOf(node: { type: string }): string {
	const key = node as AnyNode;
	return key.type === "Identifier" ? key.name : "";
}

/** Compilers keep one: it could be that of what is thrown. */
function withoutEmptyFinally(source: string): string {
	const edits: Edit[] = [];
	const visit = (node: AnyNode): void => {
		if (node.type === "TryStatement" && node.finalizer && !node.handler) {
			if (node.finalizer.body.every(isEmpty)) {
				edits.push([node.start, node.block.start, ""], [node.block.end, node.end, ""]);
			}
		}
		for (const part of childrenOf(node)) visit(part as AnyNode);
	};
	const program: Program = parse(source);
	visit(program);
	return edited(source, edits);
}

function isEmpty({ type }: Statement): boolean {
	return type === "EmptyStatement";
}

/** Functions of a module as constants, behind the numbers that they use. */

import type { Expression, FunctionDeclaration, ModuleDeclaration, Node, Statement } from "acorn";
import { childrenOf, parse } from "./syntax.js";

/**
 * The module's source with its functions as arrow functions, in front of all else: XS gives each
 * function that could be called with `new` a prototype, which takes three more slots. In front,
 * since a function can be called above its place; none of them runs anything there. Before them
 * stand constants of one number: what is known by then, a compiler puts where it is used.
 */
export function functionsToArrows(source: string): string {
	const { body } = parse(source);
	let constants = "";
	let functions = "";
	let rest = "";
	let end = 0;
	for (const statement of body) {
		const exported = statement.type === "ExportNamedDeclaration" && statement.declaration;
		const declaration = exported || statement;
		if (isConstant(declaration)) {
			constants += source.slice(statement.start, statement.end) + "\n";
		} else if (declaration.type === "FunctionDeclaration" && canBeArrow(declaration)) {
			functions += (exported ? "export " : "") + arrowOf(source, declaration) + "\n";
		} else {
			continue;
		}
		rest += source.slice(end, statement.start);
		end = statement.end;
	}
	return constants + functions + rest + source.slice(end);
}

function isConstant(statement: Statement | ModuleDeclaration): boolean {
	if (statement.type !== "VariableDeclaration" || statement.kind !== "const") return false;
	return statement.declarations.every(({ init }) => isLiteral(init));
}

function isLiteral(value: Expression | null | undefined): boolean {
	if (value?.type === "UnaryExpression") return isLiteral(value.argument);
	return value?.type === "Literal" && typeof value.value === "number";
}

function arrowOf(source: string, { async, id, params, body }: FunctionDeclaration): string {
	const parameters = params.map(({ start, end }) => source.slice(start, end)).join(", ");
	const kind = async ? "async " : "";
	return `const ${id.name} = ${kind}(${parameters}) => ${source.slice(body.start, body.end)};`;
}

/** An arrow function is no generator, and `this` and `arguments` are not its own. */
function canBeArrow({ generator, params, body }: FunctionDeclaration): boolean {
	return !generator && ![...params, body].some(hasOwnScope);
}

/** Whether `this` or `arguments` in it are of the function that it is in, or of its own. */
export function hasOwnScope(node: Node): boolean {
	if (node.type === "ThisExpression") return true;
	if (node.type === "Identifier" && "name" in node && node.name === "arguments") return true;
	if (["FunctionExpression", "FunctionDeclaration", "ClassBody"].includes(node.type)) return false;
	return childrenOf(node).some(hasOwnScope);
}

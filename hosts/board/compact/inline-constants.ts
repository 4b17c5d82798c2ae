/** Constants of other modules, and of tables, where they are used. */

import type { Expression, ImportDeclaration, Node, Program, VariableDeclarator } from "acorn";
import { type Edit, edited, isNode, parse } from "./syntax.js";

/** What a name is once for all: a number, or a frozen table of such by their names. */
type Constant = string | ReadonlyMap<string, string>;

/**
 * The module's source, with numbers that it imports as constants of its own, and members
 * of tables of them as what they are: XS has a slot for each use of an imported name in a function.
 * `sourceOf` gives the source of the module that a relative specifier names.
 */
export function inlineConstants(source: string, sourceOf: (specifier: string) => string): string {
	const program = parse(source);
	const edits: Edit[] = [];
	for (const [name, constant] of constantsIn(program, source)) {
		if (typeof constant !== "string") edits.push(...(memberEdits(program, name, constant) ?? []));
	}
	let front = "";
	for (const statement of program.body) {
		if (statement.type !== "ImportDeclaration") continue;
		const specifier = String(statement.source.value);
		if (!specifier.startsWith(".")) continue;
		const imported = sourceOf(specifier);
		const known = constantsIn(parse(imported), imported);
		const kept = namesIn(statement).filter(({ name, local }) => {
			const constant = known.get(name);
			if (constant === undefined) return true;
			if (typeof constant === "string") {
				front += `const ${local} = ${constant};\n`;
				return false;
			}
			const members = memberEdits(program, local, constant);
			edits.push(...(members ?? []));
			return members === undefined;
		});
		if (kept.length === statement.specifiers.length) continue;
		const list = kept.map(({ name, local }) => (name === local ? name : `${name} as ${local}`));
		edits.push([
			...([statement.start, statement.end] as const),
			`import { ${list.join(", ")} } from ${JSON.stringify(specifier)};`,
		]);
	}
	return front + edited(source, edits);
}

/** The constants at the top of a module, exported or not. */
function constantsIn(program: Program, source: string): Map<string, Constant> {
	const constants = new Map<string, Constant>();
	for (const { id, init } of declarationsIn(program)) {
		const constant = constantOf(init, source);
		if (id.type === "Identifier" && constant !== undefined) constants.set(id.name, constant);
	}
	return constants;
}

function declarationsIn({ body }: Program): VariableDeclarator[] {
	return body.flatMap((statement) => {
		const exported = statement.type === "ExportNamedDeclaration" && statement.declaration;
		const declaration = exported || statement;
		const isConstant = declaration.type === "VariableDeclaration" && declaration.kind === "const";
		return isConstant ? declaration.declarations : [];
	});
}

function constantOf(value: Expression | null | undefined, source: string): Constant | undefined {
	if (!value) return undefined;
	if (isLiteral(value)) return source.slice(value.start, value.end);
	if (value.type !== "CallExpression" || value.arguments.length !== 1) return undefined;
	const [table] = value.arguments;
	const callee = source.slice(value.callee.start, value.callee.end);
	if (callee !== "Object.freeze" || table?.type !== "ObjectExpression") return undefined;
	const members = new Map<string, string>();
	for (const property of table.properties) {
		if (property.type !== "Property" || property.computed) return undefined;
		const { key, value } = property;
		if (key.type !== "Identifier" || !isLiteral(value)) return undefined;
		members.set(key.name, source.slice(value.start, value.end));
	}
	return members;
}

/** A number: a text in byte code would be copied to the heap at each use. */
function isLiteral(value: Node): boolean {
	if (value.type === "UnaryExpression" && "argument" in value && "operator" in value) {
		return value.operator === "-" && isNode(value.argument) && isLiteral(value.argument);
	}
	return value.type === "Literal" && "value" in value && typeof value.value === "number";
}

function namesIn({ specifiers }: ImportDeclaration): { name: string; local: string }[] {
	return specifiers.map((specifier) => ({
		local: specifier.local.name,
		name:
			specifier.type === "ImportSpecifier" && specifier.imported.type === "Identifier"
				? specifier.imported.name
				: "*", // No constant has that name.
	}));
}

/**
 * What to put for each `table.member`; none where the table is used in another way, or another
 * variable may have its name.
 */
function memberEdits(
	program: Program,
	table: string,
	members: ReadonlyMap<string, string>,
): Edit[] | undefined {
	const edits: Edit[] = [];
	const own = declarationsIn(program);
	let isOther = false;
	const visit = (node: Node): void => {
		if (node.type === "ImportDeclaration" || isExportList(node)) return;
		if (node.type === "VariableDeclarator" && own.includes(node as VariableDeclarator)) {
			if ("id" in node && isNamed(node.id, table)) return;
		}
		if (node.type === "MemberExpression" && "object" in node && isNamed(node.object, table)) {
			const value = members.get(memberIn(node));
			if (value === undefined) isOther = true;
			else edits.push([node.start, node.end, `(${value})`]);
			return;
		}
		if (isNamed(node, table)) isOther = true;
		for (const part of Object.values(node).flat()) if (isNode(part)) visit(part);
	};
	visit(program);
	return isOther ? undefined : edits;
}

/** `export { name };` changes nothing about what the name is. */
function isExportList(node: Node): boolean {
	return node.type === "ExportNamedDeclaration" && "declaration" in node && !node.declaration;
}

/** The name behind the dot; empty for one in brackets. */
function memberIn(node: Node): string {
	const isPlain = "computed" in node && !node.computed && "property" in node;
	if (!isPlain || !isNode(node.property) || !("name" in node.property)) return "";
	return String(node.property.name);
}

function isNamed(node: unknown, name: string): boolean {
	return isNode(node) && node.type === "Identifier" && "name" in node && node.name === name;
}

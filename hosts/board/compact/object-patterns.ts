/** Patterns of objects as reads of members. */

import type { Expression, Node, Pattern } from "acorn";
import { beginningEdits, type Edit, edited, parse, walk } from "./syntax.js";

/**
 * The source with `const { a, b } = value`, and parameters like `{ a, b }`, as reads of members: a
 * pattern takes XS some ten bytes of code more, and two slots of stack. A pattern of anything but
 * names stays.
 */
export function patternsAsReads(source: string): string {
	return variablesAsReads(parametersAsNames(source));
}

/** A parameter that is a pattern becomes a variable that is one. */
function parametersAsNames(source: string): string {
	const edits: Edit[] = [];
	let count = 0;
	walk(parse(source), (node) => {
		if (!("params" in node) || !node.params.every(isSimple)) return;
		const patterns = node.params.filter((parameter) => membersOf(parameter).length > 0);
		const variables = patterns.map(({ start, end }) => {
			const name = "$object" + ++count;
			edits.push([start, end, name]);
			return `const ${source.slice(start, end)} = ${name};`;
		});
		if (variables.length === 0) return;
		edits.push(...beginningEdits(source, node, variables.join(" ")));
	});
	return edited(source, edits);
}

/** What stands in front of a pattern, or behind, can't use what is in it. */
function isSimple(parameter: Pattern): boolean {
	switch (parameter.type) {
		case "AssignmentPattern":
			return parameter.right.type === "Literal";
		case "ObjectPattern":
			return membersOf(parameter).length > 0;
		default:
			return parameter.type !== "ArrayPattern";
	}
}

function variablesAsReads(source: string): string {
	const edits: Edit[] = [];
	let count = 0;
	walk(parse(source), (node) => {
		if (node.type !== "VariableDeclarator" || !node.init) return;
		const members = membersOf(node.id);
		if (members.length > 0) edits.push(...readEdits(node, node.init, members));
	});
	return edited(source, edits);

	function readEdits({ start }: Node, init: Expression, members: readonly Member[]): Edit[] {
		const isName = init.type === "Identifier" || init.type === "ThisExpression";
		const [{ key, name } = { key: "", name: "" }] = members;
		if (members.length === 1) {
			return [
				[start, init.start, `${name} = (`],
				[init.end, init.end, ")." + key],
			];
		}
		const object = isName ? source.slice(init.start, init.end) : "$value" + ++count;
		const reads = members.map((member) => `${member.name} = ${object}.${member.key}`).join(", ");
		if (isName) return [[start, init.end, reads]];
		return [
			[start, init.start, object + " = "],
			[init.end, init.end, ", " + reads],
		];
	}
}

interface Member {
	readonly key: string;
	/** Of the variable that has its value. */
	readonly name: string;
}

/** What a pattern of names reads; none if it is another one. */
function membersOf(pattern: Pattern): Member[] {
	if (pattern.type !== "ObjectPattern") return [];
	const members = pattern.properties.flatMap((property) => {
		if (property.type !== "Property" || property.computed) return [];
		const { key, value } = property;
		if (key.type !== "Identifier" || value.type !== "Identifier") return [];
		return [{ key: key.name, name: value.name }];
	});
	return members.length === pattern.properties.length ? members : [];
}

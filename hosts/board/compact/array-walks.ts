/** Loops over arrays, and patterns of them, by index. */

import type {
	ArrayPattern,
	Expression,
	ForOfStatement,
	Pattern,
	VariableDeclaration,
	VariableDeclarator,
} from "acorn";
import { beginningEdits, type Edit, edited, parse, walk } from "./syntax.js";

/** What gives an iterator that is no array: it has to be called where it is walked. */
const iterators = ["entries", "keys", "matchAll", "values"];
/** What the item of a walk over a text is called: an engine's index may not be by code point. */
const itemOfText = "character";

/**
 * The module's source with `for (const item of list)`, `const [first] = list` and parameters like
 * `[first]` by index, which takes XS a third of the byte code and no iterator on the heap. What is
 * walked must be an array or a typed array, a text by an item called `character`, or the call of
 * one of `iterators`; the last two stay as they are. `types.test.ts` asks TypeScript for it.
 */
export function walksByIndex(source: string): string {
	return copiesByArray(patternsByIndex(parametersByIndex(loopsByIndex(source))));
}

/** `[...list]` is written as a call, which takes a quarter of the byte code. */
function copiesByArray(source: string): string {
	const edits: Edit[] = [];
	walk(parse(source), (node) => {
		if (node.type !== "ArrayExpression" || node.elements.length !== 1) return;
		const [part] = node.elements;
		if (part?.type !== "SpreadElement") return;
		const { start, end } = part.argument;
		edits.push([node.start, start, "Array.from("], [end, node.end, ")"]);
	});
	return edited(source, edits);
}

function loopsByIndex(source: string): string {
	const edits: Edit[] = [];
	let count = 0;
	walk(parse(source), (node) => {
		if (node.type !== "ForOfStatement" || node.await || isIterator(node.right)) return;
		if (node.left.type !== "VariableDeclaration" || isOfText(node.left)) return;
		edits.push(...loopEdits(node, ++count));
	});
	return edited(source, edits);

	function loopEdits({ start, left, right, body }: ForOfStatement, number: number): Edit[] {
		const [list, index] = ["$list" + number, "$index" + number];
		const item = source.slice(left.start, left.end) + ` = ${list}[${index}];`;
		const head: Edit[] = [
			[start, right.start, `for (let ${list} = `],
			[right.end, body.start, `, ${index} = 0; ${index} < ${list}.length; ${index}++) { ${item} `],
		];
		if (body.type === "BlockStatement") return [...head, [body.start, body.start + 1, ""]];
		return [...head, [body.end, body.end, " }"]];
	}
}

/** A parameter that is a pattern becomes a variable that is one. */
function parametersByIndex(source: string): string {
	const edits: Edit[] = [];
	let count = 0;
	walk(parse(source), (node) => {
		if (!("params" in node)) return;
		const last = node.params.at(-1);
		// In front of others it could be asked for by their defaults.
		if (last?.type !== "ArrayPattern" || !isPlain(last)) return;
		const name = "$parameter" + ++count;
		const variable = `const ${source.slice(last.start, last.end)} = ${name};`;
		edits.push([last.start, last.end, name], ...beginningEdits(source, node, variable));
	});
	return edited(source, edits);
}

function patternsByIndex(source: string): string {
	const edits: Edit[] = [];
	const inHeads = new Set<unknown>();
	let count = 0;
	walk(parse(source), (node) => {
		if (node.type === "ForOfStatement" || node.type === "ForInStatement") inHeads.add(node.left);
		if (node.type !== "VariableDeclaration" || inHeads.has(node)) return;
		for (const declarator of node.declarations) {
			edits.push(...patternEdits(source, declarator, "$pattern" + ++count));
		}
	});
	return edited(source, edits);
}

function patternEdits(source: string, { id, init, end }: VariableDeclarator, list: string): Edit[] {
	if (id.type !== "ArrayPattern" || !init || isIterator(init) || !isPlain(id)) return [];
	const parts = id.elements.flatMap((element, index) => {
		if (element === null) return [];
		if (element.type === "RestElement") {
			return [`${nameOf(element.argument)} = ${list}.slice(${index})`];
		}
		const item = `${list}[${index}]`;
		if (element.type !== "AssignmentPattern") return [`${nameOf(element)} = ${item}`];
		const otherwise = source.slice(element.right.start, element.right.end);
		const value = `${list}_${index}`;
		return [
			`${value} = ${item}`,
			`${nameOf(element.left)} = ${value} === void 0 ? ${otherwise} : ${value}`,
		];
	});
	return [
		[id.start, init.start, `${list} = `],
		[end, end, ", " + parts.join(", ")],
	];
}

/** Whether all in it are names, with simple values in place of what isn't there. */
function isPlain({ elements }: ArrayPattern): boolean {
	return elements.every((element) => {
		if (element?.type === "RestElement") return nameOf(element.argument) !== "";
		if (element?.type !== "AssignmentPattern") return element === null || nameOf(element) !== "";
		const isSimple = ["Identifier", "Literal", "UnaryExpression"].includes(element.right.type);
		return isSimple && nameOf(element.left) !== "";
	});
}

function nameOf(pattern: Pattern): string {
	return pattern.type === "Identifier" ? pattern.name : "";
}

function isOfText({ declarations: [item] }: VariableDeclaration): boolean {
	return item !== undefined && nameOf(item.id) === itemOfText;
}

function isIterator(value: Expression): boolean {
	if (value.type === "NewExpression") return true;
	if (value.type !== "CallExpression" || value.callee.type !== "MemberExpression") return false;
	const { object, property } = value.callee;
	if (object.type === "Identifier" && object.name === "Object") return false;
	return property.type === "Identifier" && iterators.includes(property.name);
}

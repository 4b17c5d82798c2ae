/** What functions share in one list, which they reach by `this`. */

import type { AnyNode, ArrowFunctionExpression, Expression, Node, Program } from "acorn";
import { type Constant, constantsIn, nameOf, reachesOf } from "./list-methods.js";
import { type Reach, type Reference, referencesIn } from "./references.js";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";
import { canBeMethod, tableFunctionsIn } from "./table-functions.js";

/** Of the list. */
const listName = "shared";

/** Of the object that tables' functions are written in. */
const functionsName = "functions";

/** In a host's source, of the program's list. */
const programName = "program";

/** A host's items begin here: the program's places are below it, and each place is one's. */
const hostPlaces = 1000;

/** Where something is in a program's list, by the name of an export of its modules. */
export type Places = ReadonlyMap<string, number>;

export interface Outside {
	/** What the source exports is at these places of its list, which is its only export. */
	readonly exported?: Places;
	/** A program's module, whose list is its only export: the source imports what is there. */
	readonly program?: { readonly specifier: string; readonly places: Places };
}

/**
 * The program's source with all that functions use of its top in one list. XS has a slot for each
 * name that a function uses, two for all of these, and a variable and a name for what is used so;
 * for what is reached by `this` it has none of them.
 *
 * A function that is only ever called becomes a method of the list, and the list is a prototype of
 * our classes' instances: each call is by the list, or by such an instance, which is then the
 * function's `this`, and has all that is in the list. All other places, and what has a `this` of
 * its own within those, use the list's name. No prototype has its class, which nobody asks for. A
 * host's list has the program's as its prototype, so its functions find what is in both.
 */
export function sharedByList(source: string, outside: Outside = {}): string {
	const program = parse(source);
	for (const name of [listName, functionsName, programName]) refuseName(program, name);
	const constants = constantsIn(program);
	const placed = placedIn(program, outside);
	const imported = importedBy(program).filter((name) => !placed.has(name));
	const names = new Set([...constants.map(({ name }) => name), ...imported, ...placed.keys()]);
	const reaches = reachesOf(program, names, constants, outside.exported !== undefined);
	const all = referencesIn(program, names, (node) => reaches.get(node) ?? "name");
	const first = outside.program ? hostPlaces : (outside.exported?.size ?? 0);
	const indices = byUse(all, placed, first);
	const references = all.filter(({ node }) => indices.has(node.name));
	const uses = references.map((reference) => useEdit(reference, indices));
	const list = new ListWriter(source, reaches, indices, uses);
	for (const constant of constants) list.add(constant);
	const gone = list.edits.filter(([, , text]) => text === "");
	const kept = uses.filter(
		([place]) => !gone.some(([start, end]) => start <= place && place < end),
	);
	const ends = outsideEdits(program, indices, outside);
	const prototype = outside.program && placed.size > 0 ? ["__proto__: " + programName] : [];
	return [
		`const ${listName} = {\n${[...prototype, ...list.methods].join(",\n")}\n};`,
		...(list.functions.length === 0
			? []
			: [`const ${functionsName} = {\n${list.functions.join(",\n")}\n};`]),
		...imported.flatMap((name) => {
			const index = indices.get(name);
			return index === undefined ? [] : [`${listName}[${index}] = ${name};`];
		}),
		edited(source, [...kept, ...list.edits, ...ends]),
		...list.functions.map((_, index) => `delete ${functionsName}[${index}];`),
		`Object.freeze(${listName});\n`,
	].join("\n");
}

/** What becomes of the constants at the top. */
class ListWriter {
	/** Texts of the list's functions. */
	readonly methods: string[] = [];
	/** Texts of tables' functions. */
	readonly functions: string[] = [];
	readonly edits: Edit[] = [];
	private readonly source: string;
	private readonly reaches: ReadonlyMap<Node, Reach>;
	private readonly indices: ReadonlyMap<string, number>;
	private readonly uses: readonly Edit[];

	constructor(
		source: string,
		reaches: ReadonlyMap<Node, Reach>,
		indices: ReadonlyMap<string, number>,
		uses: readonly Edit[],
	) {
		this.source = source;
		this.reaches = reaches;
		this.indices = indices;
		this.uses = uses;
	}

	add({ name, value, start, end, isOwnClass }: Constant): void {
		const index = this.indices.get(name);
		if (index !== undefined && canBeMethod(value) && this.reaches.get(value) === "this") {
			this.methods.push(this.methodText(index, value));
			this.edits.push([start, end, ""]);
			return;
		}
		const item = index === undefined ? name : `${listName}[${index}]`;
		if (index !== undefined) this.edits.push([start, value.start, `${item} = `]);
		this.addTable(value);
		if (value.type !== "ClassExpression") return;
		const prototype = `${item}.prototype`;
		const isRoot = isOwnClass && !value.superClass;
		const linked = isRoot ? `\nObject.setPrototypeOf(${prototype}, ${listName});` : "";
		this.edits.push([end, end, `${linked}\ndelete ${prototype}.constructor;`]);
	}

	/**
	 * A table's functions are called by their rows, so the list is a prototype of these. All are
	 * written in one object: XS has a slot for each that functions are written in.
	 */
	private addTable(table: Expression): void {
		const functions = tableFunctionsIn(table).filter(
			({ value }) => this.reaches.get(value) === "this",
		);
		for (const { start } of new Set(functions.map(({ row }) => row))) {
			this.edits.push([start + 1, start + 1, ` __proto__: ${listName},`]);
		}
		for (const { value } of functions) {
			const index = this.functions.length;
			this.functions.push(this.methodText(index, value));
			this.edits.push([value.start, value.end, `${functionsName}[${index}]`]);
		}
	}

	private methodText(
		index: number,
		{ async, params, body, expression }: ArrowFunctionExpression,
	): string {
		const parameters = params.map((parameter) => this.textOf(parameter)).join(", ");
		const head = `${async ? "async " : ""}${index}(${parameters})`;
		const text = this.textOf(body);
		return `${head} ${expression ? `{ return ${text}; }` : text}`;
	}

	/** A part of the source with the uses that are in it. */
	private textOf({ start, end }: Node): string {
		const inside = this.uses.filter(([first, last]) => start <= first && last <= end);
		return edited(
			this.source.slice(start, end),
			inside.map(([first, last, text]) => [first - start, last - start, text]),
		);
	}
}

function refuseName(node: Node, name: string): void {
	const { type } = node as AnyNode;
	if (type === "Identifier" && nameOf(node) === name) {
		throw new Error(`the program has a name ${name} itself`);
	}
	for (const part of childrenOf(node)) refuseName(part, name);
}

/** What has its place already, by its name at the top. */
function placedIn({ body }: Program, { exported, program }: Outside): Map<string, number> {
	const placed = new Map<string, number>();
	const place = (local: Node, name: Node, places: Places): void => {
		const index = places.get(nameOf(name));
		if (index === undefined) throw new Error(`nothing has a place for ${nameOf(name)}`);
		placed.set(nameOf(local), index);
	};
	for (const statement of body) {
		if (statement.type === "ExportNamedDeclaration" && exported) {
			for (const part of statement.specifiers) place(part.local, part.exported, exported);
		}
		if (statement.type !== "ImportDeclaration" || !program) continue;
		if (statement.source.value !== program.specifier) continue;
		for (const part of statement.specifiers) {
			if (part.type === "ImportSpecifier") place(part.local, part.imported, program.places);
		}
	}
	return placed;
}

/** The statements for what comes from outside and goes there. */
function outsideEdits(
	{ body }: Program,
	indices: ReadonlyMap<string, number>,
	{ exported, program }: Outside,
): Edit[] {
	let isImported = false;
	return body.flatMap((statement): Edit[] => {
		const { start, end } = statement;
		if (statement.type === "ImportDeclaration") {
			if (!program || statement.source.value !== program.specifier) return [];
			const text = isImported ? "" : `import ${programName} from "${program.specifier}";`;
			isImported = true;
			return [[start, end, text]];
		}
		if (statement.type !== "ExportNamedDeclaration") return [];
		const { specifiers } = statement;
		if (exported) return [[start, end, `export { ${listName} as default };`]];
		// Who imports something needs a constant of its name.
		const names = specifiers.map(({ local }) => nameOf(local)).filter((name) => indices.has(name));
		const items = names.map((name) => `const ${name} = ${listName}[${indices.get(name)}];\n`);
		return [[start, start, items.join("")]];
	});
}

/** It is there before the program, and stays the same. */
function importedBy({ body }: Program): string[] {
	return body.flatMap((statement) => {
		if (statement.type !== "ImportDeclaration") return [];
		return statement.specifiers.map(({ local }) => local.name);
	});
}

/**
 * The places of what functions use. The most used come first: what has a small index takes less
 * code.
 */
function byUse(
	references: readonly Reference[],
	placed: ReadonlyMap<string, number>,
	first: number,
): Map<string, number> {
	const counts = new Map<string, number>();
	const inFunctions = new Set<string>();
	for (const { node, isInFunction } of references) {
		if (isInFunction) inFunctions.add(node.name);
		counts.set(node.name, (counts.get(node.name) ?? 0) + 1);
	}
	const used = [...counts].filter(([name]) => inFunctions.has(name) && !placed.has(name));
	const names = used.sort(([, one], [, other]) => other - one).map(([name]) => name);
	return new Map([...placed, ...names.map((name, index) => [name, first + index] as const)]);
}

function useEdit(
	{ node, reach, isShorthand }: Reference,
	indices: ReadonlyMap<string, number>,
): Edit {
	const item = `${reach === "this" ? "this" : listName}[${indices.get(node.name)}]`;
	return [node.start, node.end, isShorthand ? `${node.name}: ${item}` : item];
}

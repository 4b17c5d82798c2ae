/** Short names for what only one class can see. */

import type { AnyNode, Class, Node } from "acorn";
import { readIfThere } from "./kept.js";
import { childrenOf, type Edit, edited, parse } from "./syntax.js";

/** Where a name stands: in which class and how, or in a way that anyone could meet. */
interface Place {
	/** The class, where the name is a member of `this` or is declared; otherwise none. */
	readonly owner: Class | undefined;
	readonly node: Node;
}

/**
 * The program's source with names that `isPrivate` says are private made short ones, the same for
 * all classes: XS has a slot, a text and entries in two tables for each name. A name changes only
 * where the whole source has it as a member of `this` in classes that extend none, and in no text.
 */
export function shortPrivateNames(source: string, isPrivate: (name: string) => boolean): string {
	const edits: Edit[] = [];
	const taken = new Map<Class, Set<number>>();
	for (const [name, places] of placesIn(source)) {
		const owners = [...new Set(places.map(({ owner }) => owner))];
		if (!isPrivate(name) || !owners.every(isAlone)) continue;
		const numbers = owners.map((owner) => numbersOf(owner, taken));
		let number = 0;
		while (numbers.some((used) => used.has(number))) number++;
		for (const used of numbers) used.add(number);
		for (const { node } of places) edits.push([node.start, node.end, "$" + number.toString(36)]);
	}
	return edited(source, edits);
}

/** A class that extends another one would share its members' names. */
function isAlone(owner: Class | undefined): owner is Class {
	return owner !== undefined && !owner.superClass;
}

function numbersOf(owner: Class, taken: Map<Class, Set<number>>): Set<number> {
	const numbers = taken.get(owner) ?? new Set();
	taken.set(owner, numbers);
	return numbers;
}

/** All names of members in the source, and texts that could be such. */
function placesIn(source: string): Map<string, Place[]> {
	const places = new Map<string, Place[]>();
	const note = (name: string, owner: Class | undefined, node: Node): void => {
		const list = places.get(name) ?? [];
		places.set(name, list);
		list.push({ owner, node });
	};
	const visit = (node: AnyNode, owner: Class | undefined): void => {
		let inside = owner;
		if (node.type === "ClassDeclaration" || node.type === "ClassExpression") inside = node;
		if (node.type === "MemberExpression" && !node.computed) {
			const isOfThis = node.object.type === "ThisExpression";
			if (node.property.type === "Identifier") {
				note(node.property.name, isOfThis ? owner : undefined, node.property);
			}
		}
		if (node.type === "MethodDefinition" || node.type === "PropertyDefinition") {
			const isOwn = !node.static && !node.computed;
			if (node.key.type === "Identifier") note(node.key.name, isOwn ? owner : undefined, node.key);
		}
		if (node.type === "Property" && node.key.type === "Identifier") {
			note(node.key.name, undefined, node.key);
		}
		if (node.type === "Literal" && typeof node.value === "string") {
			note(node.value, undefined, node);
		}
		for (const part of childrenOf(node)) visit(part as AnyNode, inside);
	};
	visit(parse(source) as AnyNode, undefined);
	return places;
}

/** Names of members that are declared `private` in a source of TypeScript, where it is there. */
export function privateNamesIn(path: string): string[] | undefined {
	const declared = /\bprivate (?:(?:static|readonly|async|override|get|set) )*(\w+)/g;
	const source = readIfThere(path);
	if (source === undefined) return undefined;
	return [...source.matchAll(declared)].map(([, name = ""]) => name);
}

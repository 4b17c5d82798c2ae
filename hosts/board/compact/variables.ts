/** What is known of a program's variables. */

import type { AnyNode, Function as AnyFunction, Identifier, Node, Program } from "acorn";
import { isOnlyName } from "./references.js";
import { childrenOf, walk } from "./syntax.js";
import { isUnique } from "./unique-locals.js";

/** A program whose functions' variables have names of their own (`unique-locals.ts`). */
export class Variables {
	private readonly parents = new Map<Node, AnyNode>();
	private readonly uses = new Map<string, Identifier[]>();
	private readonly changed = new Set<string>();
	private readonly setMembers = new Set<string>();
	readonly program: Program;

	constructor(program: Program) {
		this.program = program;
		this.look(program);
	}

	parentOf(node: Node): AnyNode | undefined {
		return this.parents.get(node);
	}

	/** Where a variable is read or changed. */
	usesOf(name: string): readonly Identifier[] {
		return this.uses.get(name) ?? [];
	}

	/** Whether a function, or a block in one, declares it. */
	isLocal(name: string): boolean {
		return isUnique(name);
	}

	/** Whether it has another value later on. */
	isChanged(name: string): boolean {
		return this.changed.has(name);
	}

	/** Whether a variable keeps its value while `caller` waits for something that it calls. */
	isSteady(name: string, caller: Node): boolean {
		const isCallers = (use: Node): boolean => this.functionOf(use) === caller;
		return !this.isChanged(name) || this.usesOf(name).every(isCallers);
	}

	/** Whether something sets a member of that name. */
	isSetMember(name: string): boolean {
		return this.setMembers.has(name);
	}

	/** The function that a node is in; none at the top, and none in a class's fields. */
	functionOf(node: Node): AnyFunction | undefined {
		for (let at = this.parents.get(node); at !== undefined; at = this.parents.get(at)) {
			if (isFunction(at)) return at;
			if (at.type === "PropertyDefinition" || at.type === "StaticBlock") return undefined;
		}
		return undefined;
	}

	private look(node: AnyNode): void {
		if (node.type === "Identifier") {
			if (isOnlyName(node, this.parents.get(node))) return;
			const uses = this.uses.get(node.name) ?? [];
			uses.push(node);
			this.uses.set(node.name, uses);
		}
		const target = targetOf(node);
		if (target?.type === "MemberExpression") this.noteMember(target.property);
		// Of a pattern, all that is in it.
		else if (target !== undefined) walk(target, (part) => this.noteChange(part));
		if (node.type === "PropertyDefinition") this.noteMember(node.key);
		for (const part of childrenOf(node)) {
			this.parents.set(part, node);
			this.look(part as AnyNode);
		}
	}

	private noteMember(name: Node): void {
		if (isName(name)) this.setMembers.add(name.name);
	}

	private noteChange(node: AnyNode): void {
		if (node.type === "Identifier") this.changed.add(node.name);
		if (node.type === "MemberExpression") this.noteMember(node.property);
	}
}

export function isFunction(node: AnyNode): node is Extract<AnyNode, { params: unknown }> {
	return "params" in node;
}

export function isName(node: Node): node is Identifier {
	return node.type === "Identifier";
}

/** Whether something is set in a node, but by declarations. */
export function changesSomething(node: Node): boolean {
	return targetOf(node as AnyNode) !== undefined || childrenOf(node).some(changesSomething);
}

/** What a node sets, but for what it declares. */
function targetOf(node: AnyNode): AnyNode | undefined {
	switch (node.type) {
		case "AssignmentExpression":
			return node.left;
		case "UpdateExpression":
			return node.argument;
		case "ForInStatement":
		case "ForOfStatement":
			return node.left.type === "VariableDeclaration" ? undefined : node.left;
		default:
			return undefined;
	}
}

/** What sources of TypeScript say of their members' names, by syntax alone. */

import { createRequire } from "node:module";
import type * as TypeScript from "typescript";

/** A file of TypeScript, of JavaScript, or of declarations. */
export interface Source {
	readonly path: string;
	readonly text: string;
}

export interface Sources {
	/** All that a program or a host's modules can be made of. */
	readonly own: readonly Source[];
	/** Paths of those whose names others know, and those of all types that they name. */
	readonly contracts: readonly string[];
	/** Keys of objects that are also texts somewhere. */
	readonly walked: readonly string[];
	/** Declarations of what they meet: the SDK's, and the library's own. */
	readonly met: readonly Source[];
	/** Names of the language's own members. */
	readonly language: readonly string[];
}

export interface SourceNames {
	/**
	 * Names that nobody but their classes use: by `this`, in classes that extend none. What they are
	 * declared in, by the name.
	 */
	readonly own: ReadonlyMap<string, ReadonlySet<object>>;
	/** Other members, also of objects, that only our own sources use. */
	readonly common: readonly string[];
	/** All names and texts of our own sources, and what they meet; but the language's names. */
	readonly taken: ReadonlySet<string>;
}

/**
 * A name is `own` or `common` if our sources declare it, if it is no text and not `walked`, if
 * nothing that is imported from outside is asked for it, if no type that `contracts` reach has it
 * other than as `private`, and if nothing else that the sources meet is called so.
 */
export function sourceNames({ own, contracts, walked, met, language }: Sources): SourceNames {
	const { ts, parsed } = parser();
	const files = own.map(parsed);
	const survey = new Survey(ts, files);
	for (const file of files) survey.look(file, undefined);
	const names = survey.declaredBy(met.map(parsed));
	const contract = files.filter(({ fileName }) => contracts.includes(fileName));
	const seen = new Set([
		...walked,
		...survey.keys,
		...survey.seenBy(contract),
		...names,
		...language,
	]);
	const lonely = new Map<string, ReadonlySet<object>>();
	const common: string[] = [];
	for (const [name, isPrivate] of survey.members) {
		const owners = survey.keys.has(name) ? undefined : survey.ownersOf(name);
		if (owners !== undefined && (isPrivate || !seen.has(name))) lonely.set(name, owners);
		else if (!seen.has(name)) common.push(name);
	}
	return { own: lonely, common, taken: new Set([...survey.places.keys(), ...names]) };
}

/** Names of members that declarations have, and don't keep `private`. */
export function declaredNames(sources: readonly Source[]): Set<string> {
	const { ts, parsed } = parser();
	return new Survey(ts, []).declaredBy(sources.map(parsed));
}

interface Parser {
	readonly ts: typeof TypeScript;
	readonly parsed: (source: Source) => TypeScript.SourceFile;
}

function parser(): Parser {
	// Here, since only a change of the sources needs it.
	const load: (name: "typescript") => typeof TypeScript = createRequire(import.meta.url);
	const ts = load("typescript");
	const parsed = ({ path, text }: Source) =>
		ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
	return { ts, parsed };
}

type Class = TypeScript.ClassLikeDeclaration;

class Survey {
	private readonly ts: typeof TypeScript;
	/** What is declared at the top of a file of TypeScript, by its name. */
	private readonly declarations = new Map<string, TypeScript.Node[]>();
	/** Names of members, and whether one is `private`. */
	readonly members = new Map<string, boolean>();
	/** Names that others use, or may use: texts, and keys of a library's objects. */
	readonly keys = new Set<string>();
	/** What sources import that is no file: its members are as others call them. */
	private readonly outside = new Set<string>();
	/** Where each name stands: as a member of which class's `this`, or elsewhere. */
	readonly places = new Map<string, Set<Class | undefined>>();

	constructor(ts: typeof TypeScript, files: readonly TypeScript.SourceFile[]) {
		this.ts = ts;
		const typed = files.filter(({ fileName }) => fileName.endsWith(".ts"));
		for (const statement of typed.flatMap((file) => [...file.statements])) {
			const variables = ts.isVariableStatement(statement)
				? statement.declarationList.declarations
				: [statement];
			for (const node of variables) {
				const name = ts.getNameOfDeclaration(node as TypeScript.Declaration)?.getText() ?? "";
				this.declarations.set(name, [...(this.declarations.get(name) ?? []), node]);
			}
			this.lookAtImport(statement);
		}
	}

	private lookAtImport(node: TypeScript.Statement): void {
		const { ts } = this;
		if (!ts.isImportDeclaration(node) || !/^.[^.]/.test(node.moduleSpecifier.getText())) return;
		const { name, namedBindings } = node.importClause ?? {};
		if (name !== undefined) this.outside.add(name.text);
		if (namedBindings === undefined || !ts.isNamedImports(namedBindings)) return;
		for (const { name } of namedBindings.elements) this.outside.add(name.text);
	}

	/** Takes in what a node says; `owner` is whose `this` is there. */
	look(node: TypeScript.Node, owner: Class | undefined): void {
		const { ts } = this;
		const key = this.nameOf(node);
		if (key !== undefined) this.lookAtMember(node, key);
		if (ts.isPropertyAccessExpression(node)) {
			const isOfThis = node.expression.kind === ts.SyntaxKind.ThisKeyword;
			this.note(node.name.text, isOfThis ? owner : undefined);
			if (ts.isIdentifier(node.expression) && this.outside.has(node.expression.text)) {
				this.noteKey(node.name.text);
			}
		}
		if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
			const name = node.propertyName ?? node.name;
			if (ts.isIdentifier(name)) this.note(name.text, undefined);
		}
		if (ts.isStringLiteralLike(node) && !this.isOfPick(node)) this.noteKey(node.text);
		const inside = ts.isClassLike(node) ? node : this.hasOtherThis(node) ? undefined : owner;
		ts.forEachChild(node, (part) => this.look(part, inside));
	}

	private isOfHost(node: TypeScript.Node): boolean {
		return /^hosts\/(board\/device|esp32|lin|moddable)\//.test(node.getSourceFile().fileName);
	}

	/** It names a member, as `this.name` would, and is gone in a program. */
	private isOfPick(node: TypeScript.StringLiteralLike): boolean {
		const { ts } = this;
		const { parent } = node.parent;
		const type = ts.isUnionTypeNode(parent) ? parent.parent : parent;
		return ts.isTypeReferenceNode(type) && /^(Pick|Omit)$/.test(type.typeName.getText());
	}

	private hasOtherThis(node: TypeScript.Node): boolean {
		const { ts } = this;
		if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) return true;
		if (!ts.isClassElement(node)) return false;
		return !ts.isClassLike(node.parent) || this.has(node, ts.SyntaxKind.StaticKeyword);
	}

	/** The classes whose `this` alone has the name; none if it is elsewhere too. */
	ownersOf(name: string): Set<Class> | undefined {
		const owners = new Set<Class>();
		for (const owner of this.places.get(name) ?? []) {
			if (owner === undefined || this.baseOf(owner) !== undefined) return undefined;
			owners.add(owner);
		}
		return owners;
	}

	/** Names of members that `files` declare, and all types that they name, and so on. */
	seenBy(files: readonly TypeScript.SourceFile[]): Set<string> {
		const found = new Set<string>();
		const waiting: TypeScript.Node[] = [...files];
		const known = new Set<string>();
		const visit = (node: TypeScript.Node): void => {
			if (this.isPrivate(node)) return;
			found.add(this.nameOf(node) ?? "");
			if (this.isReference(node) && !known.has(node.text)) {
				known.add(node.text);
				waiting.push(...(this.declarations.get(node.text) ?? []));
			}
			for (const part of this.signatureOf(node)) visit(part);
		};
		for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) visit(node);
		return found;
	}

	/** Names of members that declarations have. */
	declaredBy(files: readonly TypeScript.SourceFile[]): Set<string> {
		const found = new Set<string>();
		const visit = (node: TypeScript.Node): void => {
			if (!this.isPrivate(node)) found.add(this.nameOf(node) ?? "");
			this.ts.forEachChild(node, visit);
		};
		for (const file of files) visit(file);
		return found;
	}

	/** It is the name of something at the top of a file, for all that is known here. */
	private isReference(node: TypeScript.Node): node is TypeScript.Identifier {
		const { ts } = this;
		if (!ts.isIdentifier(node)) return false;
		if (ts.isShorthandPropertyAssignment(node.parent)) return true;
		return !("name" in node.parent) || node.parent.name !== node;
	}

	/** What of a node says what it is to others: what it does, only where no type is written down. */
	private signatureOf(node: TypeScript.Node): TypeScript.Node[] {
		const { ts } = this;
		const parts: TypeScript.Node[] = [];
		ts.forEachChild(node, (part) => void parts.push(part));
		if (ts.isConstructorDeclaration(node)) {
			return parts.filter((part) => ts.isParameterPropertyDeclaration(part, node));
		}
		if (!("type" in node) || node.type === undefined) return parts;
		const hidden = [
			"body" in node ? node.body : undefined,
			"initializer" in node ? node.initializer : undefined,
		];
		return parts.filter((part) => !hidden.includes(part));
	}

	private lookAtMember(node: TypeScript.Node, name: string): void {
		const { ts } = this;
		const owner = ts.isParameter(node) ? node.parent.parent : node.parent;
		const isOfLibrary = !node.getSourceFile().fileName.endsWith(".ts");
		if (ts.isObjectLiteralExpression(owner) && isOfLibrary) this.noteKey(name);
		// A host's sources describe what the SDK gives them.
		if (ts.isPropertySignature(node) && this.isOfHost(node)) this.noteKey(name);
		// With a capital it is of a table of numbers, which stand where they are used.
		if (!/^[A-Z]/.test(name)) {
			this.members.set(name, this.members.get(name) === true || this.isPrivate(node));
		}
		if (!ts.isClassLike(owner)) return this.note(name, undefined);
		this.note(name, this.has(node, ts.SyntaxKind.StaticKeyword) ? undefined : owner);
		// What it extends has members that nobody here knows.
		const base = this.baseOf(owner);
		if (base !== undefined && base !== "Error" && !this.declarations.has(base)) this.noteKey(name);
	}

	/** The name of the member that a node declares, or of a key; none for most nodes. */
	private nameOf(node: TypeScript.Node): string | undefined {
		const { ts } = this;
		const isMember =
			ts.isClassElement(node) ||
			ts.isTypeElement(node) ||
			ts.isObjectLiteralElement(node) ||
			(ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent));
		const name = isMember ? node.name : undefined;
		const isPlain = name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteralLike(name));
		return isPlain ? name.text : undefined;
	}

	/** What a class extends, as it is written. */
	private baseOf({ heritageClauses }: Class): string | undefined {
		const isBase = ({ token }: TypeScript.HeritageClause): boolean =>
			token === this.ts.SyntaxKind.ExtendsKeyword;
		return heritageClauses?.find(isBase)?.types[0]?.expression.getText();
	}

	private isPrivate(node: TypeScript.Node): boolean {
		return this.has(node, this.ts.SyntaxKind.PrivateKeyword);
	}

	private has(node: TypeScript.Node, kind: TypeScript.SyntaxKind): boolean {
		if (!this.ts.canHaveModifiers(node)) return false;
		return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
	}

	private noteKey(name: string): void {
		this.keys.add(name);
		this.note(name, undefined);
	}

	private note(name: string, owner: Class | undefined): void {
		const owners = this.places.get(name) ?? new Set();
		this.places.set(name, owners.add(owner));
	}
}

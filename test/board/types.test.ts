/** What changes for a device take for granted, and TypeScript knows of the sources. */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { memberNames } from "../../hosts/board/compact/member-names.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folders = ["src", "hosts/board/device", "hosts/esp32", "hosts/lin", "hosts/moddable"];
const programs = new Map(folders.map((folder) => [folder, programOf(folder)]));

function programOf(folder: string): ts.Program {
	const configPath = join(root, folder, "tsconfig.json");
	const { config } = ts.readConfigFile(configPath, (path) => ts.sys.readFile(path));
	const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configPath));
	const single = { ...options, noEmit: true, composite: false, incremental: false };
	return ts.createProgram(fileNames, single);
}

/** The nodes of a folder's own sources that something is wrong with, by file and text. */
function wrongIn(folder: string, isWrong: (node: ts.Node, checker: ts.TypeChecker) => boolean) {
	const program = programs.get(folder);
	assert.ok(program !== undefined);
	const checker = program.getTypeChecker();
	const found: string[] = [];
	const look = (node: ts.Node): void => {
		if (isWrong(node, checker)) {
			found.push(relative(root, node.getSourceFile().fileName) + ": " + node.getText());
		}
		ts.forEachChild(node, look);
	};
	for (const file of program.getSourceFiles()) {
		if (file.fileName.startsWith(join(root, folder)) && !file.isDeclarationFile) look(file);
	}
	return found;
}

/** A walk over what is neither an array nor text nor an iterator that is called there. */
function isOtherWalk(node: ts.Node, checker: ts.TypeChecker): boolean {
	const walked = walkedIn(node);
	if (walked === undefined) return false;
	const type = checker.getTypeAtLocation(walked);
	const isText = (type.flags & ts.TypeFlags.StringLike) !== 0;
	if (isText) return !/^for \(const character of /.test(node.getText());
	const isIterator = /\.(entries|keys|matchAll|values)\(.*\)$/.test(walked.getText());
	const isArray = checker.isArrayLikeType(type);
	// What is left of a typed array would be one too, and no array.
	if (/^\[.*\.\.\..*\]( =|$)/.test(node.getText())) return !isArray;
	return !isArray && type.getSymbol()?.name !== "Uint8Array" && !isIterator;
}

/** What a loop or a pattern goes through. */
function walkedIn(node: ts.Node): ts.Node | undefined {
	if (ts.isForOfStatement(node)) return node.expression;
	if (ts.isParameter(node) && ts.isArrayBindingPattern(node.name)) return node;
	const isPattern = ts.isVariableDeclaration(node) && ts.isArrayBindingPattern(node.name);
	return isPattern ? node.initializer : undefined;
}

/** A member that has another name on a device, though not only our sources declare it. */
function isOfOthers(node: ts.Node, checker: ts.TypeChecker): boolean {
	const symbol = memberIn(node, checker);
	if (symbol === undefined || !memberNames().has(symbol.name)) return false;
	const paths = symbol.declarations?.map((node) => node.getSourceFile().fileName) ?? [];
	return paths.length === 0 || paths.some((path) => /node_modules|hosts\/.*\.d\.ts$/.test(path));
}

/** The member that an expression or a pattern asks for; without declarations if none is known. */
function memberIn(
	node: ts.Node,
	checker: ts.TypeChecker,
): Pick<ts.Symbol, "name" | "declarations"> | undefined {
	if (ts.isPropertyAccessExpression(node)) {
		return checker.getSymbolAtLocation(node.name) ?? { name: node.name.text };
	}
	if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return undefined;
	const key = node.propertyName ?? node.name;
	if (node.dotDotDotToken !== undefined || !ts.isIdentifier(key)) return undefined;
	return checker.getTypeAtLocation(node.parent).getProperty(key.text) ?? { name: key.text };
}

/**
 * An object that is given where all of its keys may be asked for: as a map, or as no type at all.
 * Not an instance of a class.
 */
function isWalkedObject(node: ts.Node, checker: ts.TypeChecker): boolean {
	if (!ts.isExpression(node) || !isMap(checker.getContextualType(node), checker)) return false;
	const members = typesIn(checker.getTypeAtLocation(node)).flatMap((type) =>
		checker.getPropertiesOfType(type).filter(({ name }) => memberNames().has(name)),
	);
	return members.some(({ declarations = [] }) => declarations.some(isOfObject));
}

/** Whether a type says nothing of what is in an object. */
function isMap(type: ts.Type | undefined, checker: ts.TypeChecker): boolean {
	const any = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive;
	return typesIn(type).some(
		(one) =>
			(one.flags & any) !== 0 ||
			checker.getIndexInfoOfType(one, ts.IndexKind.String) !== undefined ||
			checker.typeToString(one) === "{}",
	);
}

function typesIn(type: ts.Type | undefined): readonly ts.Type[] {
	return type === undefined ? [] : type.isUnion() ? type.types : [type];
}

/** It is declared by our sources, and not in a class. */
function isOfObject(node: ts.Node): boolean {
	const { parent } = node;
	const isOurs = !/node_modules/.test(node.getSourceFile().fileName);
	return isOurs && !ts.isClassLike(parent) && !ts.isConstructorDeclaration(parent);
}

/** A method that a text names may be called by nobody, so without its instance. */
function isMethodByText(node: ts.Node, checker: ts.TypeChecker): boolean {
	if (!ts.isElementAccessExpression(node)) return false;
	const owner = checker.getTypeAtLocation(node.expression).getSymbol();
	if (((owner?.flags ?? 0) & ts.SymbolFlags.Class) === 0) return false;
	const type = checker.getTypeAtLocation(node);
	return (type.isUnion() ? type.types : [type]).some(
		(part) =>
			part.getCallSignatures().length > 0 ||
			(part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0,
	);
}

function isClassOfInstance(node: ts.Node): boolean {
	return ts.isPropertyAccessExpression(node) && node.name.text === "constructor";
}

for (const folder of folders) {
	test(`what is walked in ${folder} is an array, a text by its characters, or an iterator`, () => {
		assert.deepEqual(wrongIn(folder, isOtherWalk), []);
	});

	test(`what has another name on a device is declared by our sources alone, in ${folder}`, () => {
		assert.deepEqual(wrongIn(folder, isOfOthers), []);
	});

	test(`no object with such a member is walked, sent or kept, in ${folder}`, () => {
		assert.deepEqual(wrongIn(folder, isWalkedObject), []);
	});

	test(`no method of an instance is asked for by a text in ${folder}`, () => {
		assert.deepEqual(wrongIn(folder, isMethodByText), []);
	});

	test(`no instance is asked for its class in ${folder}`, () => {
		assert.deepEqual(wrongIn(folder, isClassOfInstance), []);
	});
}

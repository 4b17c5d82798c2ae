/** Taste, executed by a machine: what a reviewer would otherwise have to say again and again. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { currentManifests } from "../hosts/moddable/tools/module-lists.js";
import { fits, type Mutant, readMutants } from "./mutants/mutant.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const columnsMaximum = 100;
const codeLinesMaximum = 300;
const linesMaximum = 350;
const functionLinesMaximum = 50;

/**
 * Files of the tree that are ours to keep tidy: those git tracks, and new ones that it doesn't
 * ignore.
 */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
	cwd: root,
	encoding: "utf8",
})
	.split("\n")
	.filter((path) =>
		/^(src|hosts|example|test|bench)\/.*\.(ts|c|h)$|^setup(\/\w+)?\.mjs$/.test(path),
	);

const sources = files
	.filter((path) => path.endsWith(".ts"))
	.map((path) => {
		const text = read(path);
		return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
	});

function read(path: string): string {
	return readFileSync(join(root, path), "utf8");
}

/** Lines that are neither blank nor comment. */
function codeLines(text: string): number {
	const isCode = (line: string): boolean => !/^\s*($|\/\/|\/\*|\*)/.test(line);
	return text.split("\n").filter(isCode).length;
}

function isSource(path: string): boolean {
	return path.startsWith("src/") || path.startsWith("hosts/");
}

/** Visits a tree, each node before its children. */
function visit(node: ts.Node, act: (node: ts.Node) => void): void {
	act(node);
	node.forEachChild((child) => visit(child, act));
}

function placeOf(path: string, tree: ts.SourceFile, node: ts.Node): string {
	return path + ":" + (tree.getLineAndCharacterOfPosition(node.getStart()).line + 1);
}

function none(faults: readonly string[]): void {
	assert.deepEqual(faults, []);
}

test("there is something to look at", () => {
	assert.ok(sources.length > 100, "git knows the tree");
});

test("no line is wider than 100 columns", () => {
	const wide = files.flatMap((path) =>
		read(path)
			.split("\n")
			.map((line, index) => [path + ":" + (index + 1), line.replaceAll("\t", "  ").length] as const)
			.filter(([, length]) => length > columnsMaximum)
			.map(([place]) => place),
	);
	none(wide);
});

test("no file has more than 300 lines of code, or 350 in all", () => {
	none(files.filter((path) => isSource(path) && codeLines(read(path)) > codeLinesMaximum));
	none(files.filter((path) => isSource(path) && read(path).split("\n").length > linesMaximum + 1));
});

test("no function has more than 50 lines", () => {
	const long: string[] = [];
	for (const { path, tree } of sources.filter((source) => isSource(source.path))) {
		visit(tree, (node) => {
			if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
			const first = tree.getLineAndCharacterOfPosition(node.getStart()).line;
			const last = tree.getLineAndCharacterOfPosition(node.end).line;
			if (last - first + 1 > functionLinesMaximum) long.push(placeOf(path, tree, node));
		});
	}
	none(long);
});

test("every source file begins with a sentence of its own", () => {
	none(files.filter((path) => isSource(path) && !/^(#!.*\n)?\/\*/.test(read(path))));
});

test("no file is named for having no name", () => {
	const nameless = /(^|\/)(utils?|helpers?|common|consts?|constants|types|misc|index)\.(ts|c|h)$/;
	none(files.filter((path) => nameless.test(path)));
});

test("nothing is left over, and the type checker is not told to look away", () => {
	const leftovers = ["TODO", "FIXME", "XXX", "@ts-", "eslint-disable", ".only(", ".skip("];
	const found = files
		.filter((path) => path !== "test/tidy.test.ts")
		.flatMap((path) =>
			leftovers.filter((word) => read(path).includes(word)).map((word) => path + ": " + word),
		);
	none(found);
});

test("no type is escaped: neither any nor a non-null assertion", () => {
	const escapes: string[] = [];
	for (const { path, tree } of sources) {
		visit(tree, (node) => {
			const isEscape = node.kind === ts.SyntaxKind.AnyKeyword || ts.isNonNullExpression(node);
			if (isEscape) escapes.push(placeOf(path, tree, node));
		});
	}
	none(escapes);
});

/** Paths of the modules of ours that a file imports, and its bare specifiers. */
function importsOf(path: string, tree: ts.SourceFile): string[] {
	const specifiers: string[] = [];
	visit(tree, (node) => {
		const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
		if (isImport && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
			specifiers.push(node.moduleSpecifier.text);
		}
	});
	return specifiers.map((specifier) =>
		specifier.startsWith(".") ? join(dirname(path), specifier).replace(/\.js$/, ".ts") : specifier,
	);
}

/** What the files below a folder may import besides each other. */
const allowed: readonly (readonly [folder: string, pattern: RegExp])[] = [
	["src/", /^src\/|^@msgpack\/msgpack$/],
	["hosts/command/", /^src\/|^hosts\/command\/|^node:/],
	["hosts/board/device/", /^src\/|^hosts\/board\/device\//],
	["hosts/board/", /^src\/|^hosts\/(board|command)\/|^[^./]*(:|$)|^@/],
	["hosts/moddable/tools/", /^hosts\/(moddable\/tools|command)\/|^[^./]/],
	["hosts/moddable/", /^src\/|^hosts\/moddable\/|^[^./]/],
	["hosts/lin/", /^src\/|^hosts\/(lin|moddable)\/|^[^./]/],
	["hosts/esp32/", /^src\/|^hosts\/(esp32|moddable)\/|^[^./]/],
	[
		"hosts/dms/",
		new RegExp(
			"^src/(protocol|encoding|update/status|dms/provision-status)\\b|^hosts/(dms|command)/|" +
				"^(?!(src|hosts|example|test)/)",
		),
	],
];

test("each folder imports only what it may, and nobody a main.ts", () => {
	const faults: string[] = [];
	for (const { path, tree } of sources) {
		const [, pattern = /./] = allowed.find(([folder]) => path.startsWith(folder)) ?? [];
		for (const imported of importsOf(path, tree)) {
			const isMain = /(^|\/)main\.ts$/.test(imported);
			if (isMain || !pattern.test(imported)) faults.push(path + " imports " + imported);
		}
	}
	none(faults);
});

/** Whether a statement at the top of a module does nothing when the module is imported. */
function isInert(statement: ts.Statement): boolean {
	if (ts.isVariableStatement(statement)) {
		const isConstant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
		const { declarations } = statement.declarationList;
		return isConstant && declarations.every(({ initializer }) => isInertValue(initializer));
	}
	return !ts.isExpressionStatement(statement) && !ts.isBlock(statement);
}

/** Literals, functions, and `Object.freeze` and arithmetic on such. */
function isInertValue(node: ts.Node | undefined): boolean {
	if (node === undefined) return true;
	if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return true;
	if (ts.isNewExpression(node) || ts.isAwaitExpression(node)) return false;
	if (ts.isCallExpression(node)) {
		const isFreeze = node.expression.getText() === "Object.freeze";
		return isFreeze && node.arguments.every((argument) => isInertValue(argument));
	}
	let isInertNode = true;
	node.forEachChild((child) => {
		if (!isInertValue(child)) isInertNode = false;
	});
	return isInertNode;
}

test("importing a module of the device does nothing", () => {
	const active: string[] = [];
	for (const { path, tree } of sources) {
		const isDevice =
			/^(src|hosts\/(board\/device|moddable|lin|esp32)|example\/lamp)\//.test(path) &&
			!path.startsWith("hosts/moddable/tools/");
		if (!isDevice) continue;
		for (const statement of tree.statements) {
			if (!isInert(statement)) active.push(placeOf(path, tree, statement));
		}
	}
	none(active);
});

test("the SDK's manifests name every module of the device, and preload each", () => {
	const stale: string[] = [];
	for (const [path, text] of currentManifests()) {
		const isCurrent = JSON.stringify(JSON.parse(read(path))) === JSON.stringify(JSON.parse(text));
		if (!isCurrent) stale.push(path + " is not up to date: npm run manifest");
	}
	none(stale);
});

test("every exported value is used by somebody else", () => {
	const uses = new Map(files.map((path) => [path, new Set(read(path).match(/[\w$]+/g))]));
	const unused: string[] = [];
	for (const { path, tree } of sources.filter((source) => isSource(source.path))) {
		if (path.endsWith(".d.ts")) continue;
		for (const statement of tree.statements) {
			if (!ts.canHaveModifiers(statement)) continue;
			const modifiers = ts.getModifiers(statement) ?? [];
			if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
			for (const name of namesOf(statement)) {
				const isUsed = [...uses].some(([other, words]) => other !== path && words.has(name));
				if (!isUsed) unused.push(path + ": " + name);
			}
		}
	}
	none(unused);
});

function namesOf(statement: ts.Statement): string[] {
	if (ts.isVariableStatement(statement)) {
		return statement.declarationList.declarations.map(({ name }) => name.getText());
	}
	const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
	return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

test("the patch of every mutant still fits, and its test's file is there", () => {
	const isThere = ({ file }: Mutant): boolean =>
		existsSync(join(root, "test", file.replace(/\.js$/, ".ts")));
	const stale = readMutants().filter((mutant) => !fits(mutant) || !isThere(mutant));
	none(stale.map(({ patch }) => patch));
});

/** Runs a program that a package brings; what it says when it finds something. */
function findings(program: string, parameter: string): string {
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[join(root, "node_modules", program, "bin", program), parameter],
		{
			...{ cwd: root, encoding: "utf8" },
			// The linter finds what looks at types beside it.
			env: {
				...process.env,
				PATH: join(root, "node_modules/.bin") + delimiter + process.env["PATH"],
			},
		},
	);
	return status === 0 ? "" : "status " + status + "\n" + stdout + stderr;
}

test("the linter finds nothing, nor do the types", () => {
	assert.equal(findings("oxlint", "--type-check"), "");
});

test("the formatter has nothing to change", () => assert.equal(findings("oxfmt", "--check"), ""));

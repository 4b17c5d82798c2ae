/** Standard names for members that only our own sources see. */

import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { AnyNode, Node } from "acorn";
import { root } from "../root.js";
import { contracts, walked } from "./contract.js";
import { deviceFolder, keptText, readIfThere } from "./kept.js";
import { libraryFolder, librarySource, libraryWay } from "./library.js";
import {
	declaredNames,
	type Source,
	type SourceNames,
	type Sources,
	sourceNames,
} from "./source-names.js";
import { globalNames, standardNames } from "./standard-names.js";
import { type Edit, edited, parse, walk } from "./syntax.js";

/** What members can be called. */
const possibleNames = [...standardNames, ...globalNames];

/**
 * Below `build/device`, for whoever reads a fault's message: a standard name, and what it is; `own`
 * if only its class uses it.
 */
const listWay = "member-names.txt";
/** Changes with all that decides what becomes of the sources' names. */
const version = "9 " + [...walked, ...possibleNames].join();

const ownFolders = ["src", "hosts/board/device", "hosts/esp32", "hosts/lin", "hosts/moddable"];
const packageFolder = join(root, "node_modules");

/** What members are called in a program, by their names in the sources. */
export type MemberNames = ReadonlyMap<string, string>;

let known: MemberNames | undefined;
let knownOwn: ReadonlySet<string> | undefined;

/**
 * The same names for all programs and hosts' modules, as these meet. A package has no compiler of
 * TypeScript, and is made of the same sources: there they are what was found when it was made.
 */
export function memberNames(): MemberNames {
	known ??= namesIn(listText());
	return known;
}

function listText(): string {
	const compiler = readIfThere(join(packageFolder, "typescript", "package.json"));
	if (compiler === undefined) return readIfThere(join(deviceFolder, listWay)) ?? "";
	const sources = readSources();
	const texts = [...sources.own, ...sources.met].map(({ text }) => text);
	return keptText(listWay, [version, compiler, ...texts], () => {
		const language = keptText("language-names.txt", [compiler], languageText).split("\n");
		const found = sourceNames({ ...sources, language });
		return [...standardNamesFor(found)]
			.map(([name, standard]) => `${standard} ${name}${found.own.has(name) ? " own" : ""}`)
			.sort()
			.join("\n");
	});
}

function languageText(): string {
	const declarations = readFolder(join(packageFolder, "typescript/lib"), /^lib\.es.*\.d\.ts$/);
	return [...declaredNames(declarations)].join("\n");
}

function namesIn(list: string): MemberNames {
	const lines = list.matchAll(/^(\w+) (\w+)(?: own)?$/gm);
	return new Map([...lines].map(([, standard = "", name = ""]) => [name, standard]));
}

/** The names in a program that stand for members which only the class uses that declares them. */
export function ownMembers(): ReadonlySet<string> {
	knownOwn ??= new Set([...listText().matchAll(/^(\w+) \w+ own$/gm)].map(([, name = ""]) => name));
	return knownOwn;
}

function readSources(): Omit<Sources, "language"> {
	const own = ownFolders.flatMap((folder) => readFolder(join(root, folder), /(?<!\.d)\.ts$/));
	const library: Source = { path: libraryWay, text: librarySource() };
	const types = join(root, "hosts/moddable");
	const declared = readFolder(types, /\.d\.ts$/);
	const referenced = declared.flatMap(({ text }) =>
		[...text.matchAll(/^\/\/\/ <reference path="(.*)" \/>$/gm)].map(([, path = ""]) =>
			readSource(join(types, path)),
		),
	);
	return {
		contracts: contracts.map((module) => module.replace(/\.js$/, ".ts")),
		walked,
		own: [...own.filter(({ path }) => !path.includes("/tools/")), library],
		met: [...declared, ...referenced, ...readFolder(libraryFolder, /\.d\.ts$/)],
	};
}

function readFolder(folder: string, names: RegExp): Source[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((name) => names.test(name))
		.sort()
		.map((name) => readSource(join(folder, name)));
}

function readSource(path: string): Source {
	return { path: relative(root, path).split(sep).join("/"), text: readIfThere(path) ?? "" };
}

/**
 * A standard name for each: one by itself for a name that several classes use, and one that others
 * have too for a name of one class's own, if no class has both. None is one that the sources use.
 * When there are no more, a name stays what it is.
 */
export function standardNamesFor({ own, common, taken }: SourceNames): MemberNames {
	const free = possibleNames.filter((name) => !taken.has(name));
	const names = new Map<string, string>();
	const used = new Map<string, Set<object>>();
	for (const [name, owners] of own) {
		const standard = free.find((one) => ![...owners].some((owner) => used.get(one)?.has(owner)));
		if (standard === undefined) continue;
		names.set(name, standard);
		used.set(standard, new Set([...(used.get(standard) ?? []), ...owners]));
	}
	const left = free.filter((name) => !used.has(name));
	for (const [index, name] of common.entries()) {
		const standard = left[index];
		if (standard !== undefined) names.set(name, standard);
	}
	return names;
}

/** The source of a program, or of a module, with members called so. */
export function renamedMembers(source: string, names: MemberNames): string {
	const edits: Edit[] = [];
	walk(parse(source), (node) => {
		const key = keyOf(node);
		const name = key?.type === "Identifier" ? names.get(key.name) : undefined;
		if (key === undefined || name === undefined) return;
		const isShorthand = node.type === "Property" && node.shorthand;
		edits.push(isShorthand ? [key.start, key.start, name + ": "] : [key.start, key.end, name]);
	});
	return edited(source, edits);
}

function keyOf(node: AnyNode): AnyNode | undefined {
	switch (node.type) {
		case "MemberExpression":
			return node.computed ? undefined : (node.property as Node as AnyNode);
		case "Property":
		case "MethodDefinition":
		case "PropertyDefinition":
			return node.computed ? undefined : (node.key as Node as AnyNode);
		default:
			return undefined;
	}
}

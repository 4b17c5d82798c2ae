/** The rooms of the device: who may know whom, as DESIGN.md draws it. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Each file below a folder, and the files that it imports, types too. */
function graphOf(folder: string): ReadonlyMap<string, readonly string[]> {
	const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
	const paths = names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
	return new Map(paths.map((path) => [path, importsOf(path)]));
}

function importsOf(path: string): string[] {
	const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), "utf8"));
	return importedFiles
		.filter(({ fileName }) => fileName.startsWith("."))
		.map(({ fileName }) => join(dirname(path), fileName).replace(/\.js$/, ".ts"));
}

/** The files of a circle, or none. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
	const isDone = new Set<string>();
	const follow = (path: string, way: readonly string[]): readonly string[] => {
		if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
		if (isDone.has(path)) return [];
		for (const next of graph.get(path) ?? []) {
			const circle = follow(next, [...way, path]);
			if (circle.length > 0) return circle;
		}
		isDone.add(path);
		return [];
	};
	for (const path of graph.keys()) {
		const circle = follow(path, []);
		if (circle.length > 0) return circle;
	}
	return [];
}

for (const folder of ["src", "hosts/board", "hosts/moddable"]) {
	test("no import in " + folder + " goes in a circle", () => {
		const graph = graphOf(folder);
		assert.ok(graph.size > 0);
		assert.deepEqual(circleIn(graph), []);
	});
}

/** The lines of the drawing: what is in each room. */
function rooms(): string[][] {
	const page = readFileSync(join(root, "DESIGN.md"), "utf8");
	const [, drawing = ""] = /from the bottom up[^]*?```\n([^]*?)```/.exec(page) ?? [];
	return drawing
		.trimEnd()
		.split("\n")
		.map((line) => line.replace(/ {2,}.*/, "").split(", "));
}

test("a room of the device imports only from those above it in DESIGN.md", () => {
	const order = rooms();
	const levelOf = (path: string): number => {
		const [first = ""] = relative("src", path).split("/");
		return order.findIndex((room) => room.includes(first) || room.includes(first + "/"));
	};
	for (const [path, imported] of graphOf("src")) {
		assert.notEqual(levelOf(path), -1, path + " is in no room");
		for (const other of imported) {
			assert.ok(levelOf(other) <= levelOf(path), path + " imports " + other);
		}
	}
});

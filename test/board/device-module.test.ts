/** A compiled module as a chip gets it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { init, parse } from "es-module-lexer";
import { deviceModule, devicePaths } from "../../hosts/board/compact/device-module.js";
import { functionsToArrows } from "../../hosts/board/compact/functions-to-arrows.js";

/** All that it can meet; `value` is called for above the function's place. */
const program = `
import { a } from "./a.js";
export const value = double(limit);
const limit = -3;
const list = [limit];
export function double(number, [factor] = [2], ...rest) { return number * factor; }
async function later() { return list; }
export async function sooner() { const own = function () { return this; }; return own; }
function* steps() { yield 1; }
export function self() { return this; }
function given() { return () => arguments.length; }
export default function (x) { return x; }
export class Thing { get() { return this; } }
`;

test("a module's functions are arrow functions in front, behind its numbers", () => {
	assert.equal(
		functionsToArrows(program),
		`const limit = -3;
export const double = (number, [factor] = [2], ...rest) => { return number * factor; };
const later = async () => { return list; };
export const sooner = async () => { const own = function () { return this; }; return own; };

import { a } from "./a.js";
export const value = double(limit);

const list = [limit];



function* steps() { yield 1; }
export function self() { return this; }
function given() { return () => arguments.length; }
export default function (x) { return x; }
export class Thing { get() { return this; } }
`,
	);
});

test("each module of the device program still imports and exports the same", async () => {
	await init;
	for (const path of devicePaths()) {
		const [imports, exports] = parse(readFileSync(path, "utf8"));
		const [keptImports, keptExports] = parse(deviceModule(path));
		const namesOf = (list: typeof exports) => list.map(({ n }) => n).sort();
		const specifiersOf = (list: typeof imports) => list.map(({ n }) => n);
		assert.deepEqual(namesOf(keptExports), namesOf(exports), path);
		assert.deepEqual(specifiersOf(keptImports), specifiersOf(imports), path);
	}
});

test("no module of the device program keeps a function that is no arrow function", () => {
	const kept = devicePaths().filter((path) => /^(export )?function/m.test(deviceModule(path)));
	assert.deepEqual(kept, []);
});

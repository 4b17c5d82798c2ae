/** Constants where they are used. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineConstants } from "../../hosts/board/compact/inline-constants.js";

const imported = `
export const limit = -3;
export const greeting = "hello"; // Stays where it is.
export const list = Object.freeze([1]);
export const Result = Object.freeze({ Done: 0, "In-between": 1, Failed: -2 });
const Kind = Object.freeze({ One: 1, Two: 2 });
export const Mixed = Object.freeze({ one: 1, two: "two" });
export { Kind };
`;

function inlined(source: string): string {
	return inlineConstants(source, (specifier) => {
		assert.equal(specifier, "./a.js");
		return imported;
	});
}

test("an imported number is a constant of the module's own", () => {
	assert.equal(
		inlined('import { limit, list, greeting as word } from "./a.js";\nf(limit, list, word);'),
		'const limit = -3;\nimport { list, greeting as word } from "./a.js";\nf(limit, list, word);',
	);
});

test("a member of an imported table, or of the module's own, is what it is", () => {
	assert.equal(
		inlined('import { Kind } from "./a.js";\nexport const f = () => Kind.One;'),
		'import {  } from "./a.js";\nexport const f = () => (1);',
	);
	assert.equal(
		inlined("const Own = Object.freeze({ a: -1 });\nconst g = () => 1 - Own.a;"),
		"const Own = Object.freeze({ a: -1 });\nconst g = () => 1 - (-1);",
	);
});

for (const [what, source] of [
	["used whole", 'import { Kind } from "./a.js";\nf(Kind, Kind.One);'],
	["exported", 'import { Kind } from "./a.js";\nconst names = { Kind };'],
	["read by a name", 'import { Kind } from "./a.js";\nf(Kind[name], Kind.One);'],
	["asked for what it hasn't", 'import { Kind } from "./a.js";\nf(Kind.toString(), Kind.One);'],
	["hidden by a parameter", 'import { Kind } from "./a.js";\nconst f = (Kind) => Kind.One;'],
	["hidden by a variable", 'import { Kind } from "./a.js";\n{ const Kind = g(); h(Kind.One); }'],
	["no table of constants", 'import { Mixed, Result } from "./a.js";\nf(Mixed.one, Result.Done);'],
	["somebody else's", 'import { Kind } from "library";\nf(Kind.One);'],
] as const) {
	test(`a table that is ${what} stays`, () => assert.equal(inlined(source), source));
}

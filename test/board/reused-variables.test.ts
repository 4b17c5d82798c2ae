/** Variables that are kept in the place of others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { variablesReused } from "../../hosts/board/compact/reused-variables.js";

for (const [what, source, expected] of [
	[
		"a parameter's place",
		"function f(a) { const b = a.x; return b; }",
		"function f(a) { a = a.x; return a; }",
	],
	[
		"a variable's place, and the next one's",
		"const f = () => { const a = x(), b = a + 1; y(b); const c = 2; return { c }; };",
		"const f = () => { let a = x(); a = a + 1; y(a); a = 2; return { c: a }; };",
	],
	[
		"a place further out",
		"(a) => { if (a) { const b = x(); y(b); } };",
		"(a) => { if (a) { a = x(); y(a); } };",
	],
	[
		"both in one loop",
		"() => { while (x()) { const a = y(), b = a + 1; z(b); } };",
		"() => { while (x()) { let a = y(); a = a + 1; z(a); } };",
	],
] as const) {
	test("a variable is kept in " + what, () => assert.equal(variablesReused(source), expected));
}

for (const [what, source] of [
	["the other one is used later", "(a) => { let b = x(); return a + b; };"],
	["the other one is used again in the loop", "(a) => { while (x(a)) { let b = y(); z(b); } };"],
	["a function uses the other one", "(a) => { y(() => a); let b = x(); z(b); };"],
	["a function uses it", "(a) => { y(a); let b = x(); z(() => b); };"],
	["a class uses it", "(a) => { y(a); let b = x(); return class { c = b; }; };"],
	[
		"the other one is in another function",
		"(a) => { y(a); return () => { let b = x(); z(b); }; };",
	],
	["the other one is in another block", "() => { { let a = x(); y(a); } let b = x(); y(b); };"],
	[
		"another one has that name where it is used",
		"(a) => { y(a); let b = x(); { let a = 1; z(a, b); y(b, a); } };",
	],
	["it has no value yet", "(a) => { y(a); let b; z(b); };"],
	["it is a pattern", "(a) => { y(a); let [b] = x(); z(b); };"],
	["it is a loop's", "(a) => { y(a); for (let b = 0; b < 1; b++) z(b); };"],
	["it is at the top", "const a = 1; y(a); const b = 2; z(b);"],
	[
		"the other one may not be there yet",
		"(x) => { switch (x) { case 1: let a = 1; y(a); break; default: { let b = x; z(b, x); } } };",
	],
] as const) {
	test(`a variable stays where ${what}`, () => assert.equal(variablesReused(source), source));
}

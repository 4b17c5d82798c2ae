/** Variables of loops, in front of them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { loopsWithoutVariables } from "../../hosts/board/compact/loop-variables.js";

test("a loop's variables stand in front of it, with names that nothing else has", () => {
	assert.equal(
		loopsWithoutVariables(
			"() => { for (let a = x(a), b = 0; b < a.b; b++) f({ a, b: a.b, c: (a) => a }); f(a); " +
				"for (let [a] = b; a; ) for (const b of a) f(b); };",
		),
		"() => { let $loop1 = x($loop1), $loop2 = 0; for (; $loop2 < $loop1.b; $loop2++) " +
			"f({ a: $loop1, b: $loop1.b, c: (a) => a }); f(a); " +
			"let [$loop3] = b; for (; $loop3; ) for (const b of $loop3) f(b); };",
	);
});

for (const [what, source] of [
	["a function within it uses them", "{ for (let a = 0; a < 1; a++) f(() => a); }"],
	["it is a statement's only one", "{ if (x) for (let a = 0; a < 1; a++) f(a); }"],
	["it has a label", "{ b: for (let a = 0; a < 1; a++) continue b; }"],
	["it has none", "{ for (; a < 1; a++) f(a); }"],
] as const) {
	test(`a loop stays as it is where ${what}`, () => {
		assert.equal(loopsWithoutVariables(source), source);
	});
}

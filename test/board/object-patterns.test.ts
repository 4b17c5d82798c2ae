/** Patterns of objects as reads of members. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import { patternsAsReads } from "../../hosts/board/compact/object-patterns.js";

for (const [what, source, expected] of [
	["a variable's", "const { a, b: c } = list;", "const a = list.a, c = list.b;"],
	["the instance's", "const { a } = this;", "const a = (this).a;"],
	["a call's one member", "let { a } = await f();", "let a = (await f()).a;"],
	[
		"a call's members",
		"const { a, b } = f();",
		"const $value1 = f(), a = $value1.a, b = $value1.b;",
	],
	[
		"a parameter",
		"const f = ({ a }, b = 1) => a + b;",
		"const f = ($object1, b = 1) => { const a = ($object1).a; return a + b; };",
	],
	[
		"a pattern within another's value",
		"const { a, b } = f(({ c }) => { const { d } = c; return d; });",
		"const $value1 = f(($object1) => { const c = ($object1).c; const d = (c).d; return d; }), " +
			"a = $value1.a, b = $value1.b;",
	],
	["a rest", "const { a, ...b } = c;", undefined],
	["a default", "const { a = 1 } = b;", undefined],
	["a pattern within", "const { a: { b } } = c;", undefined],
	["a computed name", "const { [a]: b } = c;", undefined],
	["no names", "const {} = f();", undefined],
	["a parameter that another's default could use", "const f = ({ a }, b = a) => b;", undefined],
	["a loop's", "for (const { a } of list) f(a);", undefined],
] as const) {
	test("patterns of objects: " + what + (expected === undefined ? " stays" : ""), () => {
		assert.equal(patternsAsReads(source), expected ?? source);
	});
}

test("a pattern of what isn't there fails as before", () => {
	for (const source of ["var { a } = undefined;", "var { a, b } = f(); function f() {}"]) {
		assert.throws(() => void runInThisContext(patternsAsReads(source)), TypeError);
	}
});

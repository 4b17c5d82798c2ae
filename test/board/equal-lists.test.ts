/** Lists that are equal. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { equalListsOnce } from "../../hosts/board/compact/equal-lists.js";

test("equal lists at the top are one", () => {
	assert.equal(
		equalListsOnce(
			"const a = Object.freeze({ b: Object.freeze([1, 'x']), c: [Object.freeze([1,\"x\"])] });\n",
		),
		'const $list1 = Object.freeze([1, "x"]);\n' +
			"const a = Object.freeze({ b: $list1, c: [$list1] });\n",
	);
});

for (const [what, source] of [
	["not equal", "f(Object.freeze([1]), Object.freeze(['1']), Object.freeze([1, 1]));"],
	["not frozen", "f([1], [1]);"],
	["made by a call", "const f = () => [Object.freeze([1]), Object.freeze([1])];"],
	["a class's", "class A { a = Object.freeze([1]); b = Object.freeze([1]); }"],
	[
		"of something else",
		"f(Object.freeze([a]), Object.freeze([a]), Object.freeze([, 1]), Object.freeze([, 1]));",
	],
	[
		"frozen by something else",
		"f(a.freeze([1]), a.freeze([1]), Object.seal([1]), Object.seal([1]));",
	],
] as const) {
	test(`lists that are ${what} stay`, () => assert.equal(equalListsOnce(source), source));
}

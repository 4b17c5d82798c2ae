/** Loops over arrays and patterns of them, by index. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { walksByIndex } from "../../hosts/board/compact/array-walks.js";

for (const [what, source, expected] of [
	[
		"a loop in a loop",
		"for (const a of list) for (const b of a) { use(b); }",
		"for (let $list1 = list, $index1 = 0; $index1 < $list1.length; $index1++) " +
			"{ const a = $list1[$index1]; " +
			"for (let $list2 = a, $index2 = 0; $index2 < $list2.length; $index2++) " +
			"{ const b = $list2[$index2];  use(b); } }",
	],
	["a text", "for (const character of text) use(character);", undefined],
	["an iterator", "for (const [key, value] of map.entries()) use(key, value);", undefined],
	[
		"a pattern with what isn't there",
		"const [a, , b = -1] = f();",
		"const $pattern1 = f(), a = $pattern1[0], $pattern1_2 = $pattern1[2], " +
			"b = $pattern1_2 === void 0 ? -1 : $pattern1_2;",
	],
	[
		"a parameter that is one",
		"list.map(async (a, [b = 1]) => ({ a, b }));",
		"list.map(async (a, $parameter1) => { const $pattern1 = $parameter1, " +
			"$pattern1_0 = $pattern1[0], " +
			"b = $pattern1_0 === void 0 ? 1 : $pattern1_0; return ({ a, b }); });",
	],
	[
		"a parameter of a function in a function",
		"([a]) => { f(([b]) => b); };",
		"($parameter1) => { const $pattern1 = $parameter1, a = $pattern1[0]; " +
			"f(($parameter2) => { const $pattern2 = $parameter2, b = $pattern2[0]; return b; }); };",
	],
	["a parameter before others", "([a], b = a) => b;", undefined],
	[
		"a parameter with a rest",
		"([a, ...b]) => a;",
		"($parameter1) => { const $pattern1 = $parameter1, a = $pattern1[0], " +
			"b = $pattern1.slice(1); return a; };",
	],
	[
		"a method's parameter",
		"class A { b([c]) { return c; } }",
		"class A { b($parameter1) { const $pattern1 = $parameter1, c = $pattern1[0]; return c; } }",
	],
	["a pattern in a pattern", "const [[a]] = list;", undefined],
	[
		"what is left of one",
		"const [a, ...rest] = list;",
		"const $pattern1 = list, a = $pattern1[0], rest = $pattern1.slice(1);",
	],
	["a pattern in what is left", "const [a, ...[b]] = list;", undefined],
	["values of a set", "const [a] = new Set(list);", undefined],
	[
		"a copy",
		"f([...a.b(), c]); f([...[...a].b]);",
		"f([...a.b(), c]); f(Array.from(Array.from(a).b));",
	],
] as const) {
	test("by index: " + what + (expected === undefined ? " stays" : ""), () => {
		assert.equal(walksByIndex(source), expected ?? source);
	});
}

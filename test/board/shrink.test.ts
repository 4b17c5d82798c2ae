/** What is read once stands where it is used, unless that could be another value by then. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { shrunkProgram } from "../../hosts/board/compact/shrink.js";

/** The body of an exported function, shrunk. */
function shrunk(body: string): string {
	const text = shrunkProgram(`export async function f(a, b, c) { ${body} }\n`);
	return text.slice(text.indexOf("{")).replaceAll(/\s+/g, " ");
}

test("what is read once stands where it is used", () => {
	assert.doesNotMatch(shrunk("const { x } = a; return x + b();"), /const|let/);
});

for (const between of [
	"a.x = 1;",
	"b.x = 1;",
	"b.x++;",
	"delete b.x;",
	"[b.x] = [1];",
	"b();",
	"await 0;",
	"new b();",
	"a?.b();",
	"for (const y of b) y();",
]) {
	test("a member is read in front of " + between, () => {
		const text = shrunk(`const { x } = a; ${between} return x;`);
		assert.match(text, /^\{ (\w+) = \w+\.x; .* return \1; \}/);
	});
}

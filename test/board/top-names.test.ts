/** What a program's top is called in the end. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { standardNames } from "../../hosts/board/compact/standard-names.js";
import { withStandardTop } from "../../hosts/board/compact/top-names.js";

test("a name that was made up becomes a standard one, wherever it stands", () => {
	const [first, second] = standardNames;
	assert.equal(
		withStandardTop(
			"const $1 = 1, $a = $1;\nf({ $a, b: $a.$1, c: ($1) => $1 });\nexport { $1, $a as d };\n",
		),
		`const ${first} = 1, ${second} = ${first};\n` +
			`f({ $a: ${second}, b: ${second}.$1, c: ($1) => $1 });\n` +
			`export { ${first} as $1, ${second} as d };\n`,
	);
});

test("none that a variable has, at the top or in a function; a member may have it", () => {
	const [first, second, third, fourth] = standardNames;
	const source = (name?: string) =>
		`const ${name} = 1;\nconst ${first} = (${second}) => ${second}.${third} + ${name};\n`;
	assert.equal(withStandardTop(source("$1")), source(third));
	const rest = `const a = ({ ${third}: b }) => ({ ${fourth}: b, c() { let ${third}; } });\n`;
	assert.equal(withStandardTop(source("$1") + rest), source(fourth) + rest);
});

/** The device program as one module: what is left out of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { init, parse } from "es-module-lexer";
import { shared } from "../../hosts/board/compact/contract.js";
import { boardProgram, exportsOf } from "../../hosts/board/compact/program.js";

test("the program exports its start, the library, and what an app can import", async () => {
	await init;
	const names = ["run", "decode", "encode", ...shared.flatMap((way) => exportsOf(way))];
	const [imports, exports] = parse(boardProgram());
	assert.deepEqual(imports, []);
	assert.deepEqual(exports.map(({ n }) => n).sort(), names.sort());
});

test("nothing at the program's top is a variable, which flash can't hold", () => {
	assert.doesNotMatch(boardProgram(), /^(export )?(let|var|function) /m);
});

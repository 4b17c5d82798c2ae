/** `undefined` in two bytes of code. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { undefinedByNull } from "../../hosts/board/compact/short-undefined.js";

test("undefined is null that is left out, and nothing else is changed", () => {
	assert.equal(
		undefinedByNull('a === void 0 ? "void 0" : void b() || void (0, 0);'),
		'a === void null ? "void 0" : void b() || void (0, 0);',
	);
});

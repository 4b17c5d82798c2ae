/** `npm test` compiles without a look at types: here they are checked. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("TypeScript finds no error", () => {
	const compiler = join(root, "node_modules/typescript/bin/tsc");
	const { stdout, status } = spawnSync(
		process.execPath,
		[compiler, "--build", "--emitDeclarationOnly"],
		{ cwd: root, encoding: "utf8" },
	);
	assert.equal(stdout, "");
	assert.equal(status, 0);
});

/** The device program keeps to its budget of memory. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { compiledBits } from "../../hosts/board/open-board.js";

const budgetPath = fileURLToPath(new URL("../../../bench/footprint-budget.json", import.meta.url));
const main = fileURLToPath(new URL("../../bench/main.js", import.meta.url));
/** A program of 64 bits has slots of twice the size, and pointers too. */
const scale = compiledBits() / 32;

test("the device program keeps to its budget of memory", () => {
	const output = execFileSync(process.execPath, [main, "footprint", "--json"], {
		encoding: "utf8",
	});
	const figures: Record<string, number> = JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
	const budget: Record<string, number> = JSON.parse(readFileSync(budgetPath, "utf8"));
	assert.deepEqual(Object.keys(figures).sort(), [
		"bytecodeBytes",
		"idleBytes",
		"keys",
		"peakBytes",
		"slotBytes",
		"smallestHeapBytes",
		"stackBytes",
	]);
	for (const [name, bytes = 0] of Object.entries(budget)) {
		const taken = figures[name] ?? Infinity;
		const advice = "npm run bench -- footprint says what takes it";
		assert.ok(taken <= bytes * scale, `${name} is ${taken}, its budget ${bytes}; ${advice}`);
		assert.ok(taken > 0, name + " was measured");
	}
});

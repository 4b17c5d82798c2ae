/** The device program keeps to its budget of memory. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkEnd, linesOf, prepareService } from "../journey/journey.js";
import { inWorld } from "../journey/world.js";

const budgetPath = fileURLToPath(new URL("../../../bench/footprint-budget.json", import.meta.url));
const main = fileURLToPath(new URL("../../bench/main.js", import.meta.url));

const budget: Record<string, number> = JSON.parse(readFileSync(budgetPath, "utf8"));

test("a journey whose lines are all typed ahead fits the budget's heap too", async () => {
	const heapBytes = budget.smallestHeapBytes ?? 0;
	await inWorld({ processor: "xs", heapBytes, panic: "halt" }, async (world) => {
		const lines = linesOf(await prepareService(world));
		await world.terminal.powerOn();
		world.terminal.send(lines.join("\r"));
		await world.terminal.until("This device is a Lamp now");
		await checkEnd(world);
	});
});

test("the device program keeps to its budget of memory", () => {
	const output = execFileSync(process.execPath, [main, "footprint", "--json"], {
		encoding: "utf8",
	});
	const figures: Record<string, unknown> = JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
	assert.deepEqual(Object.keys(figures).sort(), [
		"bytecodeBytes",
		"esp32",
		"idleBytes",
		"keys",
		"peakBytes",
		"simulator",
		"slotBytes",
		"smallestHeapBytes",
		"stackBytes",
		"updatePeakBytes",
	]);
	for (const [name, bytes = 0] of Object.entries(budget)) {
		const taken = Number(figures[name]);
		const advice = "npm run bench -- footprint says what takes it";
		assert.ok(taken <= bytes, `${name} is ${taken}, its budget ${bytes}; ${advice}`);
		assert.ok(taken > 0, name + " was measured");
	}
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../hosts/board/root.js";

const read = (way: string): string => readFileSync(join(root, way), "utf8");

test("the bytes of each manifest are those that were measured last", () => {
	const rows = read("hosts/README.md").matchAll(/^\| `manifest.*\| ([\d,]+) \| ([\d,]+) \|$/gm);
	const stated = [...rows].map((row) => row.slice(1).map((text) => Number(text.replace(",", ""))));
	const figures: unknown = JSON.parse(read("bench/esp32.json"));
	const measured = [figures, Object(figures).smallest, Object(figures).withoutUpdates];
	assert.deepEqual(
		stated,
		measured.map((one) => [Object(one).flashBytes, Object(one).bytecodeBytes]),
	);
});

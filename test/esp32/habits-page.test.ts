/** The page's table of habits and the tests that show them are of one mind. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { tables } from "../contract/tables.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(join(root, "hosts/README.md"), "utf8");

/** The cells of each row of the table behind a heading. */
function tableBehind(heading: string): string[][] {
	const [, text = ""] = page.split(heading + "\n");
	const lines = text.split("\n## ")[0]?.split("\n") ?? [];
	const rows = lines.filter((line) => line.startsWith("| ")).slice(2);
	return rows.map((row) => row.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
}

const names = Object.values(tables).flatMap((rows) => rows.map(({ name }) => name));
for (const folder of ["test/esp32", "test/sdk"]) {
	for (const file of readdirSync(join(root, folder))) {
		if (!file.endsWith(".test.ts")) continue;
		const source = readFileSync(join(root, folder, file), "utf8");
		names.push(...[...source.matchAll(/\btest\(\s*"([^"]+)"/g)].map(([, name = ""]) => name));
	}
}

test("each habit has a source, and rows or tests that are there", () => {
	const rows = tableBehind("### Habits of the SDK and the chip");
	assert.ok(rows.length >= 20, rows.length + " habits");
	for (const [habit = "", source = "", shown = ""] of rows) {
		assert.ok(source !== "", habit);
		const quoted = [...shown.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
		const paths = [...shown.matchAll(/`((?:test|hosts)\/[^`]+)`/g)].map(([, path = ""]) => path);
		assert.ok(quoted.length + paths.length > 0, habit + ": nothing shows it");
		for (const name of quoted) {
			assert.ok(
				names.some((one) => one.startsWith(name)),
				habit + ": no row or test is named " + name,
			);
		}
		for (const path of paths) assert.ok(existsSync(join(root, path)), path);
	}
});

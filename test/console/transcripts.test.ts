/** What the console says to every command and variable, in both formats: line by line, on XS. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { deviceCommands } from "../../src/console/commands/commands.js";
import { deviceVariables } from "../../src/console/variables/variables.js";
import { parseTranscript, play } from "./transcript.js";

const folder = new URL("../../../test/console/transcripts/", import.meta.url);
const transcripts = readdirSync(folder).map((name) => ({
	name,
	exchanges: parseTranscript(readFileSync(new URL(name, folder), "utf8")),
}));

for (const { name, exchanges } of transcripts) {
	for (const processor of ["v8", "xs"] as const) {
		test("the console says what " + name + " has, on " + processor, async () => {
			const lines = exchanges.map(({ typed }) => typed);
			assert.ok(lines.length > 0, "there is something to type");
			assert.deepEqual(await play(processor, lines), exchanges);
		});
	}
}

for (const format of ["human", "machine"]) {
	const all = transcripts
		.filter(({ name }) => name.endsWith("." + format + ".txt"))
		.flatMap(({ exchanges }) => exchanges);

	test("every command is typed in " + format + " format", () => {
		const typed = new Set(all.map((exchange) => exchange.typed.split(" ")[0]));
		const missing = deviceCommands.filter(
			({ name, abbreviation = name }) => !typed.has(name) && !typed.has(abbreviation),
		);
		assert.deepEqual(
			missing.map(({ name }) => name),
			[],
		);
	});

	test("every variable is shown in " + format + " format", () => {
		const typed = new Set(all.map((exchange) => exchange.typed));
		const missing = deviceVariables.filter(({ name }) => !typed.has("get " + name));
		assert.deepEqual(
			missing.map(({ name }) => name),
			[],
		);
	});
}

test("every error digit is met, and every head counts its bytes", () => {
	const digits = new Set<string>();
	for (const { name, exchanges } of transcripts) {
		if (!name.endsWith(".machine.txt")) continue;
		for (const { typed, said } of exchanges.slice(1)) {
			const [, digit = "", count = "", payload = ""] = /^R(\d)(\d{5})\n([^]*)$/.exec(said) ?? [];
			digits.add(digit);
			if (said.includes("<built>") || said.includes("[Ready]")) continue;
			const bytes = Buffer.from(payload.replaceAll("\n", "\r\n")).length;
			assert.equal(bytes, Number(count), typed);
		}
	}
	assert.deepEqual([...digits].sort().join(""), "0123456789");
});

/** The guides: their commands are commands, the maker's are played, and messages are ours. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { createProgram } from "../hosts/dms/cli/program.js";
import { processTerminal } from "../hosts/dms/cli/process-terminal.js";
import { runHere } from "./dms/tool.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "guides");
const names = readdirSync(folder);
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");

test("each guide leads to what is there", () => {
	for (const name of names) {
		for (const [, target = ""] of textOf(name).matchAll(/\]\(([^)#:]+)\)/g)) {
			assert.ok(existsSync(join(folder, target)), name + " links to " + target);
		}
	}
});

/** The commands of a text, without what stands behind a pipe or a sign of the text's own. */
function commandsIn(text: string): string[] {
	const joined = text.replace(/\\\n\s*/g, "").replace(/\n(?=dms\.example)/g, " ");
	return [...joined.matchAll(/npx opendms ([^`|\n]*)/g)].map(([, line = ""]) => line.trim());
}

/** What of a command line isn't known: a command, or an option. */
function unknownIn(program: Command, line: string): string | undefined {
	let command = program;
	for (const word of line.replace(/'[^']*'/g, "text").split(/\s+/)) {
		const next = command.commands.find((one) => one.name() === word);
		if (next !== undefined) command = next;
		if (!word.startsWith("--")) continue;
		const known = [...command.options, ...program.options].map(({ long }) => long);
		if (!known.includes(word)) return word;
	}
	return command === program ? line : undefined;
}

test("each command in the guides is one, with its options", () => {
	const program = createProgram(processTerminal());
	const lines = names.flatMap((name) => commandsIn(textOf(name)));
	assert.ok(lines.length > 30);
	const unknown = lines.filter((line) => unknownIn(program, line) !== undefined);
	assert.deepEqual(unknown, []);
});

test("the maker's commands print what the guide says", async (context) => {
	const place = mkdtempSync(join(tmpdir(), "opendms-guide-"));
	const before = process.cwd();
	process.chdir(place);
	context.after(() => {
		process.chdir(before);
		rmSync(place, { recursive: true });
	});
	const blocks = [...textOf("maker.md").matchAll(/```console\n([^]*?)```/g)];
	const steps = blocks.flatMap(([, block = ""]) => block.split(/^\$ npx opendms /m).slice(1));
	assert.ok(steps.length > 8);
	for (const step of steps) {
		const [line = "", ...printed] = step.trimEnd().split("\n");
		const { code, out, error } = await runHere(line.split(" "), { npm_command: "exec" });
		assert.equal(code, 0, line + ": " + error);
		if (printed.join() !== "...") assert.equal(out.trimEnd(), printed.join("\n"), line);
	}
});

test("each message of the troubleshooting is one that we print", () => {
	const sources = ["src", "hosts/dms"].flatMap((one) =>
		readdirSync(join(root, one), { recursive: true, encoding: "utf8" })
			.filter((path) => path.endsWith(".ts"))
			.map((path) => readFileSync(join(root, one, path), "utf8")),
	);
	// A sentence goes on in the next line.
	const all = sources.join("\n").replace(/["'`]\s*\+\s*["'`]/g, "");
	const rows = textOf("troubleshooting.md")
		.split("\n")
		.filter((line) => /^\| `/.test(line));
	assert.ok(rows.length > 15);
	for (const row of rows) {
		const [, cell = ""] = row.split("|");
		for (const [, said = ""] of cell.matchAll(/`([^`]+)`/g)) {
			assert.ok(all.includes(said), said);
		}
	}
});

test("a guide is short", () => {
	for (const name of names) {
		const lines = textOf(name).split("\n").length;
		assert.ok(lines < 100, `${name} has ${lines} lines`);
	}
});

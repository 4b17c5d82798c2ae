/** What the tool says to type can be pasted: for the same service, by the same words. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Command } from "commander";
import { createProgram } from "../../hosts/dms/cli/program.js";
import { commandsTypedAs } from "../../hosts/dms/cli/typed-commands.js";
import { toolScript } from "../../example/tool-script.js";
import { createTool } from "./tool.js";

test("a command to type has the place that was typed, and one that is named hasn't", () => {
	const names = ["init", "serve", "user"];
	for (const [words, text, expected] of [
		["user list", "Start it: opendms serve", "Start it: opendms serve"],
		["--data a user list", "Start it: opendms serve", "Start it: opendms --data a serve"],
		["user list --data=a", "See: opendms user list", "See: opendms --data a user list"],
		["--data a user", "See: opendms user --help", "See: opendms user --help"],
		["--data a user", "Now restart opendms serve", "Now restart opendms serve"],
		["--data a init", "opendms: No opendms there", "opendms: No opendms there"],
		[
			"--service http://localhost:1 --token-file t user list",
			"Add it: opendms user add b",
			"Add it: opendms --service http://localhost:1 --token-file t user add b",
		],
		[
			"init --database postgres://a:secret@db:1/c?sslmode=verify-full&password=secret",
			"Start it: opendms serve",
			"Start it: opendms --database " +
				"'postgres://a:PASSWORD@db:1/c?sslmode=verify-full&password=PASSWORD' serve",
		],
	] as const) {
		assert.equal(commandsTypedAs("opendms", words.split(" "), names)(text), expected);
	}
	const typed = commandsTypedAs("npx opendms", ["--data", "it's my dms"], names);
	assert.equal(
		typed("Start it: opendms serve\nNow restart opendms serve"),
		"Start it: npx opendms --data 'it'\\''s my dms' serve\nNow restart npx opendms serve",
	);
});

test("a line that was printed does in a shell what it says", async (context) => {
	const tool = createTool(context);
	const bin = join(tool.folder, "bin");
	mkdirSync(bin);
	writeFileSync(join(bin, "opendms"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
	chmodSync(join(bin, "opendms"), 0o755);
	const env = { PATH: bin + delimiter + process.env["PATH"] };
	const paste = async (line: string): Promise<string> =>
		promisify(execFile)("sh", ["-c", line], { cwd: tool.folder, env }).then(
			({ stdout }) => stdout,
			({ stderr }) => stderr,
		);
	const hintIn = (said: string): string => /: (opendms .*)$/m.exec(said)?.[1] ?? said;
	const none = await paste("opendms --data 'my $dms' user list");
	assert.match(none, /There is no service in my \$dms\. Make one: /);
	const made = await paste(hintIn(none).replace(/, or .*/, ""));
	assert.match(hintIn(made), /^opendms --data 'my \$dms' serve$/);
	const lamp = "product add ACME-LAMP --title Lamp --platform esp32 --owner alice";
	const unknown = await paste("opendms --data 'my $dms' " + lamp);
	assert.equal(await paste(hintIn(unknown)), "User alice added.\n");
	assert.equal(await paste("opendms --data 'my $dms' " + lamp), "Product ACME-LAMP added.\n");
	const key = await paste("opendms key product ACME-LAMP --platform esp32 --keys 'my keys'");
	assert.match(key, /Make it: opendms key --help/);
	assert.match(await paste(hintIn(key)), /^Usage: opendms key /);
	await paste("opendms key platform esp32 --keys 'my keys'");
	const told = await paste(
		"opendms --data 'my $dms' key product ACME-LAMP --platform esp32 --keys 'my keys'",
	);
	assert.equal(await paste(hintIn(told)), "ACME-LAMP has its key of generation 1.\n");
});

const main = toolScript("opendms");
const sources = fileURLToPath(new URL("../../../hosts/dms/", import.meta.url));

test("each command that a sentence names is there, and has all that it needs", () => {
	const program = createProgram({ ...Object(undefined), environment: {} });
	const named = readdirSync(sources, { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".ts"))
		.flatMap((name) => [
			...withoutComments(readFileSync(join(sources, name), "utf8")).matchAll(
				/(?:: |(?<=[=+?(:,]\s+)["`])opendms ((?!answer)[a-z][^"`\n]*?)(?:, or |\\n|["`](\s*\+)?)/g,
			),
		]);
	assert.ok(named.length > 40);
	for (const [, text = "", plus] of named) {
		const words = text.replaceAll(/\$\{[^}]*\}/g, "x").split(/[ .]+(?=[^.]|$)/);
		assert.deepEqual(lackOf(program, words.filter(Boolean), plus !== undefined), [], text);
	}
});

function withoutComments(source: string): string {
	return source.replaceAll(/\/\*\*[^]*?\*\//g, "");
}

/** What a command line lacks; `isOpen` where more words follow than are known. */
function lackOf(command: Command, words: readonly string[], isOpen: boolean): string[] {
	const [word = ""] = words;
	const below = command.commands.find((one) => one.name() === word);
	if (below !== undefined) return lackOf(below, words.slice(1), isOpen);
	if (words.includes("--help")) return [];
	const known = command.options.map(({ long }) => long);
	const unknown = words.filter((one) => one.startsWith("--") && !known.includes(one));
	if (isOpen) return unknown;
	const options = command.options
		.filter(({ mandatory }) => mandatory)
		.map(({ long }) => long ?? "");
	const operands = words.findIndex((one) => one.startsWith("--"));
	const given = operands < 0 ? words.length : operands;
	const needed = command.registeredArguments.filter(({ required }) => required);
	return [
		...unknown,
		...options.filter((one) => !words.includes(one)),
		...needed.slice(given).map((one) => one.name()),
		...(command.commands.length > 0 ? ["a command"] : []),
	];
}

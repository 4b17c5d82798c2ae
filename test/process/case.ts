/** Cases: command lines, with what they are given and what must come of it. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { makeTemplate, type Names, type Template } from "./place.js";
import { commandOf } from "./commands.js";
import { type Ended, ended, type Input, type Output } from "./spawned.js";

export interface Case {
	/** The command line as it is typed: words in braces are names of the place, or of `names`. */
	readonly line: string;
	/** The promise, as the test's name; default: the line. */
	readonly promise?: string;
	/** An empty folder instead of a service. */
	readonly isEmpty?: boolean;
	/** Done in the folder before; what it makes around it ends with the test, and has names. */
	prepare?(folder: string, context: TestContext): Names | void | Promise<Names>;
	readonly input?: Input;
	readonly output?: Output;
	/** Names in braces are replaced in it too. */
	readonly environment?: Names;
	/** 0 when it isn't said. */
	readonly code?: number;
	/** What standard output says; `""` is nothing at all. */
	readonly out?: RegExp | "";
	readonly error?: RegExp | "";
	/** What else must hold in the folder. */
	check?(folder: string, result: Ended): void | Promise<void>;
	readonly limitMilliseconds?: number;
}

/** So many of a file's cases run at a time: most of them wait for something. */
const concurrency = 3;

/** Plays cases; nobody depends on another, so they may run side by side. */
export function play(cases: readonly Case[]): void {
	describe("as a process", { concurrency }, () => {
		let template: Template;
		const empty = mkdtempSync(join(tmpdir(), "opendms-empty-"));
		let empties = 0;
		before(async () => {
			template = await makeTemplate();
		});
		after(() => {
			template.remove();
			rmSync(empty, { recursive: true });
		});
		const emptyFolder = (): string => {
			const folder = join(empty, String(empties++));
			mkdirSync(folder);
			return folder;
		};
		for (const one of cases) {
			test(
				one.promise === undefined ? one.line : one.promise + ": " + one.line,
				async (context) => {
					const folder = one.isEmpty === true ? emptyFolder() : template.copy();
					const around = await one.prepare?.(folder, context);
					await playOne(one, folder, { ...template.names, ...around, folder });
				},
			);
		}
	});
}

async function playOne(one: Case, folder: string, names: Names): Promise<void> {
	const { input, output, limitMilliseconds } = one;
	const environment = Object.fromEntries(
		Object.entries(one.environment ?? {}).map(([name, text]) => [name, named(text, names)]),
	);
	const around = { folder, input, output, environment, limitMilliseconds };
	const result = await ended({ command: commandOf(wordsOf(one.line, names)), ...around });
	const { code, signal, out, error } = result;
	assert.equal(code, one.code ?? 0, `ended with ${code ?? signal}: ${out}${error}`);
	if (one.code !== 0) assert.doesNotMatch(error, /^ +at .*:\d+/m, "a stack trace is no sentence");
	check(out, one.out, names);
	check(error, one.error, names);
	await one.check?.(folder, result);
}

function check(text: string, expected: RegExp | string | undefined, names: Names): void {
	if (expected instanceof RegExp) {
		assert.match(text, new RegExp(named(expected.source, names), expected.flags));
	} else if (expected !== undefined) assert.equal(text, expected);
}

/** Words with spaces are in single quotes. */
function wordsOf(line: string, names: Names): string[] {
	const words = line.match(/'[^']*'|[^ ]+/g) ?? [];
	return words.map((word) => word.replace(/^'(.*)'$/s, "$1")).map((word) => named(word, names));
}

function named(text: string, names: Names): string {
	return text.replace(/\{(\w+)\}/g, (all, name: string) => names[name] ?? all);
}

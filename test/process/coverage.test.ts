/** No command is without a case. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commandPaths } from "../dms/tool.js";
import { apiCases } from "./api-cases.js";
import { batchCases } from "./batch-cases.js";
import { boardCases } from "./board-cases.js";
import { consoleCases } from "./console-cases.js";
import { publisherCases } from "./publisher-cases.js";
import { serviceCases } from "./service-cases.js";
import { toolCases } from "./tool-cases.js";

const casesMinimum = 120;

const lines = [
	apiCases,
	batchCases,
	boardCases,
	consoleCases,
	publisherCases,
	serviceCases,
	toolCases,
]
	.flat()
	.map(({ line }) => line);

/** What package.json and the tools themselves call their commands. */
function commands(): string[] {
	const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
	const { bin }: { readonly bin: object } = JSON.parse(text);
	const moddable = ["build", "flash", "simulate", "manifest"];
	return [
		...Object.keys(bin),
		...commandPaths().map((path) => ["opendms", ...path].join(" ")),
		...moddable.map((name) => "opendms-moddable " + name),
		...["setup", "start", "demo", "bench", "faults", "fuzz", "mutants"],
	];
}

test("each command has a case", () => {
	const isTyped = (command: string): boolean =>
		lines.some((line) => line === command || line.startsWith(command + " "));
	assert.deepEqual(
		commands().filter((command) => !isTyped(command)),
		[],
	);
});

test("there are enough cases", () => {
	assert.ok(lines.length >= casesMinimum, lines.length + " cases");
});

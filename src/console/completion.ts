/** How a line that is being typed can go on. */

import type { Device } from "../device.js";
import { usageOf } from "./commands/help-commands.js";
import type { Completion } from "../terminal/owner.js";
import { commandAt, findCommand, findVariable, variableAt } from "./names.js";
import { limitsOf } from "./values.js";
import { wordsOf } from "./words.js";

const nothing: Completion = Object.freeze({ text: "" });
const booleans: readonly string[] = Object.freeze(["0", "1"]);

/** What can follow `line`: the rest of a word that is certain, else the choices, else a hint. */
export function complete(device: Device, line: string): Completion {
	const { words, isOpen } = wordsOf(line);
	if (isOpen) return nothing;
	const isBegun = line !== "" && !line.endsWith(" ");
	const before = isBegun ? words.slice(0, -1) : words;
	const prefix = isBegun ? (words[words.length - 1] ?? "") : "";
	const choices = choicesFor(device, before).filter((choice) => choice.startsWith(prefix));
	const [first] = choices;
	if (first === undefined) return isBegun ? nothing : hintFor(device, before);
	if (choices.length === 1) return { text: first.slice(prefix.length) + " " };
	const text = commonStart(choices).slice(prefix.length);
	return text === "" ? { text, lines: choices.join("  ") } : { text };
}

/** All that can stand behind these words. */
function choicesFor(device: Device, words: readonly string[]): string[] {
	const choices: string[] = [];
	const [name, ...rest] = words;
	const command = name === undefined ? undefined : findCommand(device, name);
	if (name === undefined || (command?.name === "help" && rest.length === 0)) {
		addNames(choices, (index) => commandAt(device, index));
	}
	if (command === undefined) return choices;
	if (command.isOnVariable !== true) return choices.concat(command.options ?? []);
	if (rest.length === 0) {
		addNames(choices, (index) => variableAt(device, index));
		return choices.concat(command.options ?? []);
	}
	const variable = findVariable(device, rest);
	if (variable === undefined) return choices;
	const isValue = command.name === "set" && variable.access !== "get";
	const isArgument = command.name === "get" && variable.access === "get";
	if (isValue && variable.type === "boolean") return choices.concat(booleans);
	return isValue || isArgument ? choices.concat(variable.options ?? []) : choices;
}

function addNames(
	names: string[],
	rowAt: (index: number) => { readonly name: string } | undefined,
): void {
	for (let index = 0; ; index++) {
		const row = rowAt(index);
		if (row === undefined) return;
		names.push(row.name);
	}
}

/** What is to be typed next, where there is nothing to choose from. */
function hintFor(device: Device, [name = "", ...rest]: readonly string[]): Completion {
	const command = findCommand(device, name);
	if (command === undefined) return nothing;
	const variable = command.name === "set" ? findVariable(device, rest) : undefined;
	const isSettable = variable !== undefined && variable.access !== "get";
	return { text: "", lines: isSettable ? limitsOf(variable) : usageOf(command) };
}

function commonStart(texts: readonly string[]): string {
	let start = texts[0] ?? "";
	for (const text of texts) {
		while (!text.startsWith(start)) start = start.slice(0, -1);
	}
	return start;
}

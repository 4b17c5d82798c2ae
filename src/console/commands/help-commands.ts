/** What the console says of itself: `help` for people, `describe` for programs. */

import type { Command, Device, Lines, Variable } from "../../device.js";
import { abbreviationOf, commandAt, findCommand, findVariable, variableAt } from "../names.js";
import { CommandError, ErrorDigit } from "../reply.js";
import { limitsOf } from "../values.js";

/** Room for a command and its parameters in front of what it does. */
const columnWidth = 36;

export const helpCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "help",
		abbreviation: "?",
		parameters: "[commands | variables | <command> | <variable>]",
		count: Object.freeze([0, 6]),
		options: Object.freeze(["commands", "variables"]),
		isOnVariable: true,
		run: (device, words) => {
			if (words.length === 0) return overview(device);
			const isWord = (word: string): boolean => words.length === 1 && words[0] === word;
			if (isWord("commands")) return commandNames(device);
			return isWord("variables") ? variableNames(device) : explain(device, words);
		},
	}),
	Object.freeze<Command>({
		name: "describe",
		abbreviation: "desc",
		run: description,
	}),
]);

function overview(device: Device): Lines {
	return (index) => {
		const command = commandAt(device, index);
		if (command === undefined) return undefined;
		const help = device.helpOf(command);
		const usage = usageOf(command);
		return help === undefined ? usage : usage.padEnd(columnWidth) + " " + help;
	};
}

function commandNames(device: Device): Lines {
	return (index) => {
		const command = commandAt(device, index);
		return command && command.name + " : " + (command.abbreviation ?? command.name);
	};
}

/** Programs find the name of a variable behind the first space. */
function variableNames(device: Device): Lines {
	return (index) => {
		const variable = variableAt(device, index);
		return variable && "# " + variable.name + " : " + abbreviationOf(device, variable);
	};
}

function explain(device: Device, words: readonly string[]): Lines {
	const command = words.length === 1 ? findCommand(device, words[0] ?? "") : undefined;
	if (command !== undefined) return linesOf(usageOf(command), device.helpOf(command));
	const variable = findVariable(device, words);
	if (variable === undefined) {
		throw new CommandError(
			ErrorDigit.UnknownVariable,
			"No command or variable has that name. `help commands` and `help variables` list them.",
		);
	}
	const names = variable.name + " : " + abbreviationOf(device, variable);
	const { access = "get/set", type = "text" } = variable;
	const limits = access === "get" ? "" : ". " + limitsOf(variable);
	return linesOf(names, device.helpOf(variable), access + ", " + type + limits);
}

export function usageOf({ name, parameters = "" }: Command): string {
	return parameters === "" ? name : name + " " + parameters;
}

/** Those that there are. */
function linesOf(...all: readonly (string | undefined)[]): Lines {
	const lines = all.filter((line) => line !== undefined);
	return (index) => lines[index];
}

/**
 * One JSON document, a row on each line: commands, then variables. XS can't write JSON of an array
 * in ROM, so the options are copied.
 */
function description(device: Device): Lines {
	return (index) => {
		if (index === 0) return '{"commands":[';
		const command = commandAt(device, index - 1);
		if (command !== undefined) {
			return commandRow(device, command) + (commandAt(device, index) ? "," : '],"variables":[');
		}
		const { commands, app } = device;
		const place = index - 1 - commands.length - (app.commands?.length ?? 0);
		const variable = variableAt(device, place);
		if (variable === undefined) return undefined;
		return variableRow(device, variable) + (variableAt(device, place + 1) ? "," : "]}");
	};
}

function commandRow(device: Device, command: Command): string {
	const { name, abbreviation = name, parameters = "", count, options, isSecret } = command;
	const help = device.helpOf(command);
	const least = count?.[0] ?? 0;
	const most = count?.[1] ?? 0;
	const limits = { least, most, options: options?.slice() };
	return JSON.stringify({ name, abbreviation, parameters, help, ...limits, isSecret });
}

function variableRow(device: Device, variable: Variable): string {
	const { name, type = "text", access = "get/set", initial } = variable;
	const { minimum, maximum, options } = variable;
	const abbreviation = abbreviationOf(device, variable);
	const limits = { minimum, maximum, options: options?.slice() };
	const help = device.helpOf(variable);
	return JSON.stringify({ name, abbreviation, type, access, default: initial, ...limits, help });
}

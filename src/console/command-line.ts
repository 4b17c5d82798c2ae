/** What a line asks for: its words, and the command that they are for. */

import type { Command, Device } from "../device.js";
import { lineLengthMaximum, type LineProblem } from "../terminal/line.js";
import { usageOf } from "./commands/help-commands.js";
import { findCommand } from "./names.js";
import { CommandError, ErrorDigit } from "./reply.js";
import { wordsOf } from "./words.js";

const nothingDone = " Nothing was done.";

function causeOf(problem: LineProblem): string {
	switch (problem) {
		case "torn":
			return (
				"Bytes came faster than they could be read: some of this line, or lines before it, are " +
				"lost. Nothing of it was done."
			);
		case "too long":
			return "A line has at most " + lineLengthMaximum + " bytes." + nothingDone;
		case "control character":
			return "A control character is in the line." + nothingDone;
		case "not UTF-8":
			return "It is not UTF-8 text." + nothingDone;
	}
}

/** The words of a line that is whole. Throws a `CommandError` for one that nobody can mean. */
export function wordsIn(line: string, problem: LineProblem | undefined): readonly string[] {
	if (problem === "torn" || problem === "too long") {
		throw new CommandError(ErrorDigit.Overflow, causeOf(problem));
	}
	const { words, isOpen } = wordsOf(line);
	if (problem === undefined && !isOpen) return words;
	const open = "A quotation mark is left open." + nothingDone;
	throw new CommandError(ErrorDigit.ParseError, problem === undefined ? open : causeOf(problem));
}

/** The command, when the parameters can be its own; else throws a `CommandError`. */
export function commandOf(device: Device, name: string, parameters: readonly string[]): Command {
	const command = findCommand(device, name);
	if (command === undefined) {
		throw new CommandError(ErrorDigit.UnknownCommand, "`help commands` lists them.");
	}
	const isOwn = device.commands.includes(command);
	if (isOwn && parameters.some((parameter) => isUnknownOption(command, parameter))) {
		throw new CommandError(ErrorDigit.UnknownVariable, "Usage: " + usageOf(command));
	}
	const least = command.count?.[0] ?? 0;
	const most = command.count?.[1] ?? 0;
	if (parameters.length < least || parameters.length > most) {
		const isFew = parameters.length < least;
		const digit = isFew ? ErrorDigit.TooFewArguments : ErrorDigit.TooManyArguments;
		throw new CommandError(digit, "Usage: " + usageOf(command));
	}
	return command;
}

/** Gecko OS's options are a hyphen and a letter: one that isn't here is no argument. */
function isUnknownOption({ options, isOnVariable, isSecret }: Command, parameter: string): boolean {
	if (isOnVariable === true || isSecret === true) return false;
	const isOption = parameter.length === 2 && parameter.startsWith("-");
	return isOption && options?.includes(parameter) !== true;
}

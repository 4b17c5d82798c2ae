/** What the command line tool says of a failure, and by which rule it failed. */

import { type Command, CommanderError } from "commander";
import { OperatorError, RemoteError } from "../operator-error.js";
import { databaseFailureOf, type FailureKind } from "../storage/failures.js";

export interface Failure {
	readonly rule: string;
	readonly message: string;
}

/** What was typed wrongly, and at which command. */
class UsageError extends Error {
	readonly command: Command;
	readonly code: string;

	constructor({ message, code }: CommanderError, command: Command) {
		super(message.replace(/^error: /, ""));
		this.command = command;
		this.code = code;
	}
}

/** Has each command say for itself that it was typed wrongly. */
export function tellUsageErrors(command: Command): void {
	command.showSuggestionAfterError(false); // The likest word isn't the one that was meant.
	command.exitOverride((error) => {
		throw error.exitCode === 0 ? error : new UsageError(error, command);
	});
	command.commands.forEach(tellUsageErrors);
}

/** Commander has shown the help of a command that needs another one behind it. */
export function isHelpForMissingCommand(error: unknown): boolean {
	return error instanceof UsageError && error.code === "commander.help";
}

const rules: { readonly [kind in FailureKind]: string } = Object.freeze({
	busy: "busy",
	full: "file",
	unavailable: "database",
});

export function failureOf(error: unknown): Failure {
	if (error instanceof OperatorError || error instanceof RemoteError) return error;
	if (error instanceof UsageError) return { rule: "usage", message: usageText(error) };
	const failure = databaseFailureOf(error);
	if (failure !== undefined) return { rule: rules[failure.kind], message: failure.sentence };
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof Error && "errcode" in error) {
		const advice =
			" Check the disk and the data folder, or restore a backup: opendms restore --help";
		return { rule: "file", message: sentence("The database fails: " + message) + advice };
	}
	if (error instanceof Error && "code" in error && error.code === "EROFS") {
		const advice = " See to the disk; meanwhile a copy of the folder elsewhere will do: --data";
		return { rule: "file", message: sentence(message) + advice };
	}
	if (error instanceof Error && "syscall" in error) {
		const advice = " Check that the folder is there and yours, or choose another.";
		return { rule: "file", message: sentence(message) + advice };
	}
	return { rule: "fault", message: sentence(message) };
}

function usageText(error: UsageError): string {
	const { command, code } = error;
	const help = " See: " + pathOf(command) + " --help";
	if (isHelpForMissingCommand(error)) return "A command is missing." + help;
	if (code !== "commander.unknownCommand") return sentence(error.message) + help;
	const shown = command.createHelp().visibleCommands(command);
	const names = shown.map((one) => one.name()).join(", ");
	return sentence(error.message) + " There are: " + names + "." + help;
}

function pathOf(command: Command): string {
	const { parent } = command;
	return parent === null ? command.name() : pathOf(parent) + " " + command.name();
}

function sentence(text: string): string {
	const upper = text.charAt(0).toUpperCase() + text.slice(1);
	return upper.endsWith(".") ? upper : upper + ".";
}

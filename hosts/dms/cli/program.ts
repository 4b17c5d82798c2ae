/** The command line tool `opendms`: its commands, and how it fails. */

import { Command, CommanderError } from "commander";
import { OperatorError } from "../operator-error.js";
import { isBusy } from "../storage/sqlite.js";
import { addAuditCommand } from "./audit.js";
import { addBackupCommands } from "./backup.js";
import { addBundleCommands } from "./bundle.js";
import { addCertCommands } from "./cert.js";
import { addConsoleCommand } from "./console.js";
import { addDeviceCommands } from "./device.js";
import { addKeyCommands } from "./key.js";
import { addProductCommands } from "./product.js";
import { addServeCommand } from "./serve.js";
import { Stopped, type Terminal } from "./terminal.js";
import { printable } from "./text.js";
import { addTokenCommands } from "./token.js";
import { addUserCommands } from "./user.js";

const dataDefault = "./state/dms";

/** Runs one command line (without program and script) and returns the exit code. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
	const isJson = words.includes("--json");
	try {
		await createProgram(terminal, isJson).parseAsync([...words], { from: "user" });
		return 0;
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return 0;
		if (error instanceof Stopped) return error.exitCode;
		if (isHelpForMissingCommand(error) && !isJson) return 1;
		const { rule, message: text } = failureOf(error);
		const message = printable(text);
		const line = isJson ? JSON.stringify({ error: { rule, message } }) : "opendms: " + message;
		terminal.printError(line);
		return 1;
	}
}

function createProgram(terminal: Terminal, isJson: boolean): Command {
	const program = new Command("opendms")
		.description("An open Device Management Service for small devices")
		.option("--data <folder>", "where everything is kept", dataFolderOf(terminal))
		.option("--json", "one line of JSON on standard output, errors on standard error")
		.exitOverride()
		.configureOutput({
			writeOut: (text) => terminal.print(text.trimEnd()),
			// A failure is told once, at the end; help that was not asked for is told here.
			writeErr: (text) =>
				isJson || text.startsWith("error:") || terminal.printError(text.trimEnd()),
		});
	addServeCommand(program, terminal);
	addUserCommands(program, terminal);
	addProductCommands(program, terminal);
	addTokenCommands(program, terminal);
	addDeviceCommands(program, terminal);
	addKeyCommands(program, terminal);
	addBundleCommands(program, terminal);
	addCertCommands(program, terminal);
	addAuditCommand(program, terminal);
	addBackupCommands(program, terminal);
	addConsoleCommand(program, terminal);
	return program;
}

function dataFolderOf(terminal: Terminal): string {
	return terminal.environment["OPENDMS_DATA"] || dataDefault;
}

interface Failure {
	readonly rule: string;
	readonly message: string;
}

function failureOf(error: unknown): Failure {
	if (error instanceof OperatorError) return error;
	if (isHelpForMissingCommand(error)) {
		return { rule: "usage", message: "A command is missing. See: opendms --help" };
	}
	if (error instanceof CommanderError) {
		const message = error.message.replace(/^error: /, "");
		return { rule: "usage", message: sentence(message) + " See: opendms --help" };
	}
	if (isBusy(error)) {
		return { rule: "busy", message: "Another process keeps the data folder busy. Try again." };
	}
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof Error && "errcode" in error) {
		const advice = " Check the disk and the data folder, or restore a backup: opendms restore";
		return { rule: "file", message: sentence("The database fails: " + message) + advice };
	}
	if (error instanceof Error && "syscall" in error) {
		const advice = " Check that the folder is there and yours, or choose another.";
		return { rule: "file", message: sentence(message) + advice };
	}
	return { rule: "fault", message: sentence(message) };
}

/** Commander has shown the help of a command that needs another one behind it. */
function isHelpForMissingCommand(error: unknown): boolean {
	return error instanceof CommanderError && error.code === "commander.help";
}

function sentence(text: string): string {
	const upper = text.charAt(0).toUpperCase() + text.slice(1);
	return upper.endsWith(".") ? upper : upper + ".";
}

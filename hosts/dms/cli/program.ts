/** The command line tool `opendms`: its commands, and how it fails. */

import { Command, CommanderError, Option } from "commander";
import { invocationOf } from "../../command/invocation.js";
import { packageVersion } from "../../command/version.js";
import { addApiTokenCommands } from "./api-token.js";
import { addAuditCommand } from "./audit.js";
import { addBackupCommands, addExportCommands } from "./backup.js";
import { addBatchCommands } from "./batch.js";
import { addBundleCommands } from "./bundle.js";
import { addCertCommands } from "./cert.js";
import { addCheckCommand } from "./check.js";
import { addCompletionCommands } from "./complete.js";
import { addConsoleCommand } from "./console.js";
import { addDeviceCommands } from "./device.js";
import { failureOf, isHelpForMissingCommand, tellUsageErrors } from "./failure.js";
import { addInitCommand } from "./init.js";
import { addKeyCommands } from "./key.js";
import { addProductCommands } from "./product.js";
import { addPruneCommand } from "./prune.js";
import { addServeCommand } from "./serve.js";
import { addStationCommands } from "./station.js";
import { Ended, type Terminal } from "./terminal.js";
import { printable } from "./text.js";
import { addTokenCommands } from "./token.js";
import { commandsTypedAs, isPlaceTyped } from "./typed-commands.js";
import { addUserCommands } from "./user.js";

const dataDefault = "./state/dms";

const environmentHelp = `
Environment:
  OPENDMS_DATA       the folder where everything is kept, unless --data says another
  OPENDMS_DATABASE   the PostgreSQL database, unless --database says another: a password in it
                     is seen by all who see the processes, one in the environment isn't
  OPENDMS_CA_PASSPHRASE_FILE
                     a file with the passphrase of the CA's key, where that is encrypted
  OPENDMS_SERVICE    a service elsewhere, unless --service says another
  OPENDMS_TOKEN      the API token for it, unless --token-file has one
  OPENDMS_CONFIG     a file with options as JSON, unless --config says another`;

/** Runs one command line (without program and script) and returns the exit code. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
	const isJson = words.includes("--json");
	const said = isJson
		? terminal
		: inWordsOf(invocationOf("opendms", terminal.environment), words, terminal);
	try {
		const all = await configured(words, terminal);
		await createProgram(said, all).parseAsync(all, { from: "user" });
		return 0;
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return 0;
		if (error instanceof Ended) return error.exitCode;
		if (isHelpForMissingCommand(error) && !isJson) return 1;
		const { rule, message: text } = failureOf(error);
		const message = printable(text);
		said.printError(isJson ? JSON.stringify({ error: { rule, message } }) : "opendms: " + message);
		return 1;
	}
}

/** With what its configuration file adds; what few have is loaded when they have it. */
async function configured(words: readonly string[], { environment }: Terminal): Promise<string[]> {
	const isTyped = words.some((word) => /^--config(=|$)/.test(word));
	if ((!isTyped && !environment["OPENDMS_CONFIG"]) || words[0] === "complete") return [...words];
	const { withConfig } = await import("./config-file.js");
	return withConfig(words, environment);
}

/** The program for a command line; without one it is there to be looked at. */
export function createProgram(terminal: Terminal, words: readonly string[] = []): Command {
	const isJson = words.includes("--json");
	const named = isPlaceTyped(words) ? {} : terminal.environment;
	const program = new Command("opendms")
		.description("An open Device Management Service for small devices")
		.option("--data <folder>", "where everything is kept", named["OPENDMS_DATA"] || dataDefault)
		.addOption(databaseOption(named))
		.addOption(serviceOption(named))
		.option("--token-file <file>", "with the API token for it (default: OPENDMS_TOKEN)")
		.option("--config <file>", "with options as JSON; what is typed goes first")
		.option("--json", "one line of JSON on standard output, errors on standard error")
		.addHelpText("after", environmentHelp)
		.configureOutput({
			writeOut: (text) => terminal.print(text.trimEnd()),
			// A failure is told once, at the end; help that was not asked for is told here.
			writeErr: (text) =>
				isJson || text.startsWith("error:") || terminal.printError(text.trimEnd()),
		});
	program.commandsGroup("A service and those who use it:");
	addInitCommand(program, terminal);
	addServeCommand(program, terminal);
	addUserCommands(program, terminal);
	addProductCommands(program, terminal);
	addTokenCommands(program, terminal);
	addBatchCommands(program, terminal);
	addDeviceCommands(program, terminal);
	addCertCommands(program, terminal);
	addApiTokenCommands(program, terminal);
	addAuditCommand(program, terminal);
	addPruneCommand(program, terminal);
	addCheckCommand(program, terminal);
	addBackupCommands(program, terminal);
	addExportCommands(program, terminal);
	program.commandsGroup("Firmware and its publisher:");
	addKeyCommands(program, terminal);
	addBundleCommands(program, terminal);
	program.commandsGroup("A device on the desk:");
	addConsoleCommand(program, terminal);
	addStationCommands(program, terminal);
	program.commandsGroup("Help:");
	addCompletionCommands(program, terminal);
	program.addHelpCommand(new Command("help").argument("[command]").helpGroup("Help:"));
	// `--version` of a command that has its own is that command's: Commander would take it here.
	const names = program.commands.map((command) => command.name());
	if (!words.some((word) => names.includes(word))) program.version(packageVersion);
	tellUsageErrors(program);
	showRequired(program);
	return program;
}

function databaseOption(environment: Terminal["environment"]): Option {
	const option = new Option(
		"--database <url>",
		"a PostgreSQL database where everything is kept instead: postgres://role@host/name",
	);
	const url = environment["OPENDMS_DATABASE"];
	// Help says whence it is, and not the password that may be in it.
	return url ? option.default(url, "OPENDMS_DATABASE") : option;
}

function serviceOption(environment: Terminal["environment"]): Option {
	const option = new Option(
		"--service <url>",
		"a service elsewhere, by its API, such as https://dms.example.com:8444",
	);
	const url = environment["OPENDMS_SERVICE"];
	return url ? option.default(url) : option;
}

/** Help shows options in brackets: which of them must be given is said with each. */
function showRequired(command: Command): void {
	for (const option of command.options) {
		if (option.mandatory) option.description += " (required)";
	}
	command.commands.forEach(showRequired);
}

/** The terminal, with commands in sentences as this person has to type them. */
function inWordsOf(invocation: string, words: readonly string[], terminal: Terminal): Terminal {
	const names = createProgram(terminal).commands.map((command) => command.name());
	const typed = commandsTypedAs(invocation, words, names);
	return {
		...terminal,
		print: (line) => terminal.print(typed(line)),
		printError: (line) => terminal.printError(typed(line)),
	};
}

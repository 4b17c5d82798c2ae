/** `opendms console`: runs commands on a device's serial console. */

import type { Duplex } from "node:stream";
import type { Command } from "commander";
import { DeviceConsole } from "../console/device-console.js";
import { openPort } from "../console/port.js";
import { errorNames, type Reply } from "../console/reply-reader.js";
import { OperatorError } from "../operator-error.js";
import { globalOptionsOf } from "./report.js";
import type { Terminal } from "./terminal.js";

const placeHelp = "a serial port such as /dev/ttyUSB0, a pseudo-terminal, or tcp:HOST:PORT";

export function addConsoleCommand(program: Command, terminal: Terminal): void {
	program
		.command("console <port> [commands...]")
		.description("a device's serial console: run commands, those of standard input, or type")
		.addHelpText("after", "\nport: " + placeHelp)
		.action((place: string, commands: string[], _options: object, command: Command) =>
			useConsole(place, commands, terminal, globalOptionsOf(command).json === true),
		);
}

async function useConsole(
	place: string,
	commands: readonly string[],
	terminal: Terminal,
	isJson: boolean,
): Promise<void> {
	const port = await openPort(place);
	const lines = commands.length > 0 ? commands : terminal.lines();
	if (lines !== undefined) return runAll(port, lines, terminal, isJson);
	terminal.printError("You are on the device's console. Ctrl-] ends it.");
	await terminal.join(port);
}

/** Stops at the first command that fails: those behind it may rely on it. */
async function runAll(
	port: Duplex,
	lines: Iterable<string> | AsyncIterable<string>,
	terminal: Terminal,
	isJson: boolean,
): Promise<void> {
	const console = await DeviceConsole.open(port);
	try {
		const replies: Reply[] = [];
		for await (const line of lines) {
			const reply = await console.run(line);
			replies.push(reply);
			if (!isJson && reply.text !== "") terminal.print(reply.text);
			if (reply.code !== 0) break;
		}
		if (isJson) terminal.print(JSON.stringify(replies.map(jsonOf)));
		const failed = replies.find(({ code }) => code !== 0);
		if (failed !== undefined) {
			throw new OperatorError("console", "The device answered: " + errorNames[failed.code] + ".");
		}
	} finally {
		await console.close();
	}
}

function jsonOf({ code, text }: Reply): object {
	return { code, ...(code !== 0 && { error: errorNames[code] }), text };
}

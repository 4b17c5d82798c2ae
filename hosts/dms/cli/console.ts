/** `opendms console`: runs commands on a device's serial console. */

import type { Duplex } from "node:stream";
import type { Command } from "commander";
import { DeviceConsole } from "../console/device-console.js";
import { closePort, lineOf, openPort } from "../console/port.js";
import { errorNames, type Reply } from "../console/reply-reader.js";
import { OperatorError } from "../operator-error.js";
import { globalOptionsOf } from "./place.js";
import { Stopped, type Terminal } from "./terminal.js";

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
	const stopping = new AbortController();
	const lines = commands.length > 0 ? commands : terminal.lines(stopping.signal);
	if (lines !== undefined) {
		void terminal.stopped().then((signal) => stopping.abort(new Stopped(signal)));
		return runAll(port, lines, terminal, { isJson, signal: stopping.signal });
	}
	const leave = await terminal.join(port, "You are on the device's console. Ctrl-] ends it.");
	await closePort(port);
	if (leave === "line closed") throw new OperatorError("console", "The port was closed.");
	if (leave === "SIGINT" || leave === "SIGTERM") throw new Stopped(leave);
}

/** Stops at the first command that fails: those behind it may rely on it. */
async function runAll(
	port: Duplex,
	lines: Iterable<string> | AsyncIterable<string>,
	terminal: Terminal,
	{ isJson, signal }: { readonly isJson: boolean; readonly signal: AbortSignal },
): Promise<void> {
	const console = await DeviceConsole.open(lineOf(port), { signal });
	try {
		const replies: Reply[] = [];
		for await (const line of lines) {
			const reply = await console.run(line);
			replies.push(reply);
			if (!isJson && reply.text !== "") terminal.print(reply.text.replaceAll("\r\n", "\n"));
			if (reply.code !== 0) break;
		}
		if (replies.length === 0) {
			const advice = "Write commands there, one a line, or behind the port.";
			throw new OperatorError("usage", "There is no command on standard input. " + advice);
		}
		if (isJson) terminal.print(JSON.stringify(replies.map(jsonOf)));
		const failed = replies.find(({ code }) => code !== 0);
		if (failed !== undefined) {
			throw new OperatorError("console", "The device answered: " + errorNames[failed.code] + ".");
		}
	} catch (error) {
		signal.throwIfAborted(); // What it has broken off says less.
		throw error;
	} finally {
		await console.close();
	}
}

function jsonOf({ code, text }: Reply): object {
	return { code, ...(code !== 0 && { error: errorNames[code] }), text };
}

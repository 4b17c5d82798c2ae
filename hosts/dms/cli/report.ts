/** What a command has to say: for a program as one value, for a person as text. */

import type { Command } from "commander";
import { openService, type Service } from "../service.js";
import type { Terminal } from "./terminal.js";

export interface Report {
	readonly json: unknown;
	readonly text: string;
}

/** The options that every command takes. */
export interface GlobalOptions {
	readonly data: string;
	readonly json?: boolean;
}

export function globalOptionsOf(command: Command): GlobalOptions {
	return command.optsWithGlobals<GlobalOptions>();
}

/** Runs an operation on the data folder's service, whether another process serves it or not. */
export async function report(
	command: Command,
	terminal: Terminal,
	operation: (service: Service) => Promise<Report>,
): Promise<void> {
	const { data, json } = globalOptionsOf(command);
	const service = await openService({ data });
	try {
		const result = await operation(service);
		terminal.print(json ? JSON.stringify(result.json) : result.text);
	} finally {
		await service.close();
	}
}

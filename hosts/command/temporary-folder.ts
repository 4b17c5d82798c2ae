/** A folder for as long as a command takes, with what nobody else may read. */

import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** By which a person, a terminal that is closed, or the system ends a command. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Lets `work` have a new folder, and takes it away however it ends, also by a signal: what is in it
 * may be a service's keys. `ended` is aborted by one, before the process ends.
 */
export async function inTemporaryFolder<T>(
	work: (folder: string, ended: AbortSignal) => Promise<T>,
): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	const ending = new AbortController();
	const remove = () => rmSync(folder, { recursive: true, force: true });
	const end = (signal: NodeJS.Signals): never => {
		ending.abort();
		remove();
		// As a shell has it for who was ended by a signal.
		process.exit(128 + constants.signals[signal]);
	};
	for (const signal of signals) process.once(signal, end);
	try {
		return await work(folder, ending.signal);
	} finally {
		for (const signal of signals) process.off(signal, end);
		remove();
	}
}

/** One board at a time on a state folder: two would write over each other's flash. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FolderState } from "./state.js";

const lockFile = "board.pid";

/** The state in a folder, for this process alone. */
export function ownState(folder: string): FolderState {
	const state = new FolderState(folder);
	lockState(folder);
	return state;
}

/** Throws a sentence while another process has it; it is let go when this one ends. */
function lockState(folder: string): void {
	const path = join(folder, lockFile);
	const holder = holderIn(path);
	// Of a board that was killed; or this very process, by the number that it had in a container.
	if (holder === undefined || holder === process.pid || !isAlive(holder)) {
		rmSync(path, { force: true });
	}
	try {
		// Of two that begin at once, one has made it.
		writeFileSync(path, String(process.pid), { mode: 0o600, flag: "wx" });
	} catch (error) {
		if (!isThere(error)) throw error;
		throw new Error(
			`Another board runs on ${folder}, in process ${holderIn(path) ?? "(unknown)"}. End it, or ` +
				`name another folder: --state (if that is no board, remove ${path})`,
		);
	}
	process.once("exit", () => rmSync(path, { force: true }));
}

function isThere(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "EEXIST";
}

function holderIn(path: string): number | undefined {
	try {
		const pid = Number(readFileSync(path, "utf8"));
		return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
	} catch {
		return undefined;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}

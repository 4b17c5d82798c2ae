/** Files for secrets: there, and empty, before the secret is made: who can't keep it gets none. */

import { closeSync, fsyncSync, openSync, rmSync } from "node:fs";
import { OperatorError } from "../operator-error.js";

/**
 * Opens a new file that only its owner reads, and has `fill` write it; it is gone again when that
 * fails. `option` is what chooses another name.
 */
export async function writeNewFile<T>(
	path: string,
	option: string,
	fill: (file: number) => Promise<T>,
): Promise<T> {
	const file = openNew(path, option);
	try {
		const made = await fill(file);
		fsyncSync(file);
		return made;
	} catch (error) {
		rmSync(path);
		throw error;
	} finally {
		closeSync(file);
	}
}

function openNew(path: string, option: string): number {
	try {
		return openSync(path, "wx", 0o600);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
		throw new OperatorError("usage", `${path} exists. Move it away, or choose another ${option}.`);
	}
}

/** A folder that is there whole or not at all: a backup, what is restored, an export, keys. */

import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { openKeyFolder, sync } from "../authority/key-folder.js";
import { OperatorError } from "../operator-error.js";

/** Of a name, until the folder is whole. */
export const unfinishedEnd = ".new";

/** What an empty folder may have: what broke off, and what each new file system has. */
const nobodys: readonly string[] = Object.freeze([unfinishedEnd, "lost+found"]);

/**
 * Makes a folder, which must not be there yet or be empty, of what `fill` puts into it. It gets its
 * place once all of it is on the disk; when that fails, as on a full disk, nothing of it is left.
 * `last` is the file without which it is none: it comes last where that can't be one step.
 */
export async function makeNewFolder<T>(
	folder: string,
	last: string,
	fill: (unfinished: string) => Promise<T>,
): Promise<T> {
	const isThere = existsSync(folder);
	if (isThere && readdirSync(folder).some((name) => !nobodys.includes(name))) {
		const message = folder + " is there already. Choose another place, or move it away.";
		throw new OperatorError("backup", message);
	}
	// Nothing can take the place of a folder where a disk, or a container's volume, is mounted.
	const unfinished = isThere ? join(folder, unfinishedEnd) : resolve(folder) + unfinishedEnd;
	rmSync(unfinished, { recursive: true, force: true });
	try {
		openKeyFolder(unfinished);
		const result = await fill(unfinished);
		const names = readdirSync(unfinished, { recursive: true, encoding: "utf8" });
		for (const name of names) sync(join(unfinished, name));
		sync(unfinished);
		if (isThere) moveInto(folder, unfinished, last);
		else renameSync(unfinished, folder);
		sync(dirname(resolve(folder)));
		return result;
	} catch (error) {
		rmSync(unfinished, { recursive: true, force: true });
		throw error;
	}
}

function moveInto(folder: string, unfinished: string, last: string): void {
	openKeyFolder(folder); // Nobody else enters it from now on.
	const names = readdirSync(unfinished).filter((name) => name !== last);
	for (const name of names) renameSync(join(unfinished, name), join(folder, name));
	sync(folder);
	renameSync(join(unfinished, last), join(folder, last));
	rmdirSync(unfinished);
	sync(folder);
}

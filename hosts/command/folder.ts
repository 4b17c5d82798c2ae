/** Makes a folder that somebody has named. */

import { existsSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes the folder at `path` and those above it, where they aren't there; `mode` is that of new
 * ones. In place of Node's recursive `mkdirSync`, which never returns below a folder such as
 * `/proc`, in which nothing can be made and nothing says so.
 */
export function makeFolder(path: string, mode = 0o777): void {
	if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
	const parent = dirname(path);
	if (parent !== path) makeFolder(parent, mode);
	try {
		mkdirSync(path, { mode });
	} catch (error) {
		// Another process may have been first. A file of that name remains an error.
		if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
		if (!isLinkToNothing(path)) throw error;
		throw new Error(`${path} is a link to a folder that isn't there. Make it, or remove the link.`);
	}
}

function isLinkToNothing(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(path);
}

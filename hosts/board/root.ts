/**
 * The folder of this package: where package.json lies, and `build`, whichever file of it this code
 * has been compiled or bundled into.
 */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function find(folder: string): string {
	if (existsSync(join(folder, "package.json"))) {
		return folder;
	}
	const parent = dirname(folder);
	if (parent === folder) throw new Error("package.json is missing above " + import.meta.url);
	return find(parent);
}

export const root: string = find(dirname(fileURLToPath(import.meta.url)));
